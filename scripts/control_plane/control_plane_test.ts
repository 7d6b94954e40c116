import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { findBinaries } from "./binaries.ts";
import { connect, controlPlaneFromEnv } from "./connect.ts";
import { startControlPlane } from "./control_plane.ts";
import type { KubeconfigName } from "./kubeconfigs.ts";

const plane = controlPlaneFromEnv();
const ignore = !plane;

async function kubectl(name: KubeconfigName, ...args: string[]) {
  const output = await new Deno.Command(plane!.kubectl, {
    args: ["--kubeconfig", plane!.kubeconfigs[name], ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code: output.code, said: text(output.stdout) + text(output.stderr) };
}

const rights: { who: KubeconfigName; may: string[]; mayNot: string[]; because: RegExp }[] = [
  {
    who: "administrator",
    may: ["get secrets -A", "get ns", "auth can-i delete namespaces"],
    mayNot: [],
    because: /^$/,
  },
  {
    who: "two-namespaces",
    may: ["get secrets -n argocd", "get secrets -n team-a", "auth can-i update secrets -n argocd"],
    mayNot: ["get secrets -A", "get secrets -n team-b", "get ns", "get configmaps -n argocd"],
    because: /Forbidden/,
  },
  {
    who: "reader",
    may: ["get secrets -A", "get ns"],
    mayNot: ["create secret generic a -n argocd"],
    because: /forbidden/,
  },
  { who: "no-rights", may: [], mayNot: ["get secrets -n argocd", "get ns"], because: /Forbidden/ },
  { who: "wrong-token", may: [], mayNot: ["get secrets -n argocd"], because: /Unauthorized/ },
  { who: "closed-port", may: [], mayNot: ["get secrets -n argocd"], because: /refused/ },
];

for (const { who, may, mayNot, because } of rights) {
  Deno.test(
    { name: `kubectl as ${who} has the permissions that the name implies`, ignore },
    async () => {
      for (const command of may) {
        const { code, said } = await kubectl(who, ...command.split(" "));
        equal(code, 0, `${command}: ${said}`);
      }
      for (const command of mayNot) {
        const { code, said } = await kubectl(who, ...command.split(" "));
        equal(code, 1, command);
        match(said, because, command);
      }
    },
  );
}

Deno.test(
  { name: "a client connected from the folder creates and reads objects", ignore },
  async () => {
    const { request } = connect(plane!.dir);
    const secrets = "/api/v1/namespaces/team-b/secrets";
    const metadata = { name: "client-test" };
    equal((await request("POST", secrets, { metadata, stringData: { a: "ä" } })).status, 201);
    const read = await request("GET", `${secrets}/client-test`);
    equal(read.body.data.a, btoa("Ã¤"));
    const patched = await request("PATCH", `${secrets}/client-test`, { data: null });
    equal(patched.body.data, undefined);
    equal((await request("DELETE", `${secrets}/client-test`)).status, 200);
    equal((await request("GET", `${secrets}/client-test`)).body.reason, "NotFound");
  },
);

Deno.test({ name: "only their owner may read the kubeconfigs", ignore }, async () => {
  for (const path of Object.values(plane!.kubeconfigs)) {
    equal((await Deno.stat(path)).mode! & 0o777, 0o600, path);
  }
});

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Command lines of processes that name the folder (Linux). */
function processesOf(folder: string): string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid.name}/cmdline`);
      return line.includes(folder) ? [line.replaceAll("\0", " ")] : [];
    } catch {
      return []; // it has just exited
    }
  });
}

Deno.test(
  { name: "stop leaves no process and no folder, even when called twice", ignore },
  async () => {
    const second = await startControlPlane();
    equal((await second.request("GET", "/version")).body.gitVersion, "v1.35.4");
    equal(processesOf(second.dir).length, 3, "etcd, kube-apiserver and the watchdog");
    await Promise.all([second.stop(), second.stop()]);
    deepEqual(processesOf(second.dir), []);
    ok(!await exists(second.dir));
  },
);

/** Runs with a program in place of kube-apiserver; all files are created below `folder`. */
async function withApiserver(
  script: string,
  test: (start: (readyTimeoutMs: number) => Promise<unknown>, folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const kubeApiserver = join(folder, "kube-apiserver");
    await Deno.writeTextFile(kubeApiserver, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const binaries = { ...await findBinaries(), kubeApiserver };
    await test((readyTimeoutMs) => startControlPlane({ binaries, readyTimeoutMs, folder }), folder);
    deepEqual(processesOf(folder), []);
    const left = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory);
    deepEqual(left, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({ name: "a failed start shows the log, and leaves nothing", ignore }, async () => {
  await withApiserver("echo no luck: $1; exit 3", async (start) => {
    await rejects(start(9000), /kube-apiserver ended[^]*no luck: --etcd/);
  });
});

Deno.test(
  { name: "a server that is never ready is a timeout, and leaves nothing", ignore },
  async () => {
    await withApiserver('exec tail -f "$0"', async (start) => {
      await rejects(start(300), /not ready after 300 ms/);
    });
  },
);

Deno.test(
  { name: "if another program took the port, the start is retried with other ports", ignore },
  async () => {
    const script = 'echo "$1 $3" >>"$0.calls"; echo bind: address already in use; exit 1';
    await withApiserver(script, async (start, folder) => {
      await rejects(start(9000), /address already in use/);
      const calls = Deno.readTextFileSync(join(folder, "kube-apiserver.calls")).trim().split("\n");
      equal(new Set(calls).size, 3);
    });
  },
);

async function endsWithItsParent(signal: Deno.Signal) {
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(import.meta.dirname!, "main.ts")],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("Ctrl-C")) {
    const { value, done } = await reader.read();
    if (done) break;
    said += value;
  }
  const dir = /^(.*)\/kubeconfigs\//m.exec(said)![1]!;
  equal(processesOf(dir).length, 3);
  parent.kill(signal);
  equal((await parent.status).signal, signal);
  await reader.cancel();
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    if (processesOf(dir).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  deepEqual(processesOf(dir), []);
  ok(!await exists(dir));
}

Deno.test(
  { name: "the control plane stops with its parent, however the parent ends", ignore },
  async () => {
    await Promise.all((["SIGINT", "SIGTERM", "SIGKILL"] as const).map(endsWithItsParent));
  },
);
