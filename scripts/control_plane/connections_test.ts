import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect as connectTls } from "node:tls";
import { controlPlaneFromEnv } from "./connect.ts";
import { type ConnectionName, hangingPluginMarker } from "./connections.ts";
import { execPluginRuns } from "./credentials.ts";
import { proxyTargets, startProxy } from "./proxy.ts";

const plane = controlPlaneFromEnv();
const ignore = !plane;

interface Ran {
  code: number;
  said: string;
}

/** In another folder, so that no path is relative to the working directory by chance. */
function start(path: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(plane!.kubectl, {
    args: ["--kubeconfig", path, ...args],
    cwd: "/",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

async function kubectlWith(path: string, ...args: string[]): Promise<Ran> {
  const output = await start(path, args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code: output.code, said: text(output.stdout) + text(output.stderr) };
}

const kubectl = (name: ConnectionName, ...args: string[]) =>
  kubectlWith(plane!.kubeconfigs[name], ...args);

const administrators: ConnectionName[] = [
  "client-certificate",
  "client-certificate-files",
  "exec-plugin",
  "token-file",
  "several-contexts",
  "tls-server-name",
  "insecure",
  "ca-file",
  "proxy",
];

for (const name of administrators) {
  Deno.test({ name: `kubectl with ${name} may do everything`, ignore }, async () => {
    const { code, said } = await kubectl(name, "auth", "can-i", "delete", "namespaces");
    match(said, /^yes/);
    equal(code, 0);
    equal((await kubectl(name, "get", "secrets", "-A")).code, 0);
  });
}

const refused: [ConnectionName, RegExp][] = [
  ["expired-certificate", /Unauthorized/],
  ["exec-plugin-fails", /no credentials today[^]*exit code 1/],
  ["wrong-tls-server-name", /certificate is valid for .*, not other\.test\.invalid/],
  ["wrong-ca", /certificate signed by unknown authority/],
  ["no-ca", /certificate signed by unknown authority/],
];

for (const [name, because] of refused) {
  Deno.test({ name: `kubectl with ${name} is rejected`, ignore }, async () => {
    const { code, said } = await kubectl(name, "get", "secrets", "-n", "argocd");
    match(said, because);
    equal(code, 1);
  });
}

Deno.test(
  { name: "kubectl with impersonation can read and cannot write", ignore },
  async () => {
    equal((await kubectl("impersonation", "get", "secrets", "-A")).code, 0);
    const { code, said } = await kubectl(
      "impersonation",
      ..."create secret generic impersonated -n argocd".split(" "),
    );
    match(said, /User "reader" cannot create resource "secrets"/);
    equal(code, 1);
  },
);

Deno.test({ name: "a client certificate authenticates its own user", ignore }, async () => {
  for (const name of ["client-certificate", "client-certificate-files"] as const) {
    match((await kubectl(name, "auth", "whoami")).said, /admin-by-certificate.*[^]*system:masters/);
  }
});

Deno.test(
  { name: "each run of the plugin is counted, and its token expires", ignore },
  async () => {
    const before = await execPluginRuns(plane!.dir);
    await kubectl("exec-plugin", "get", "ns");
    await kubectl("exec-plugin", "get", "ns");
    // Other tests may run it at the same time.
    ok(await execPluginRuns(plane!.dir) >= before + 2);
    const text = await Deno.readTextFile(plane!.kubeconfigs["exec-plugin"]);
    const command = /command: (.*)/.exec(text)![1]!;
    const output = await new Deno.Command(command, {
      args: ["get-token"],
      env: { EXEC_PLUGIN_SECONDS: "120" },
    }).output();
    const { status } = JSON.parse(new TextDecoder().decode(output.stdout));
    const left = Date.parse(status.expirationTimestamp) - Date.now();
    ok(left > 100_000 && left <= 120_000, `${left} ms`);
  },
);

/** The processes whose command line has the marker (Linux). */
function withMarker(marker: string): number[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid.name}/cmdline`);
      return line.includes(marker) ? [Number(pid.name)] : [];
    } catch {
      return []; // it has just exited
    }
  });
}

/**
 * Polls, since a child that has not yet executed its own program is counted too.
 * @throws AssertionError if the number is never reached
 */
async function untilThereAre(count: number, marker: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (withMarker(marker).length !== count) {
    ok(performance.now() < end, `${withMarker(marker).length} processes, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test({ name: "the hanging plugin and its child ignore SIGTERM", ignore }, async () => {
  const marker = `${hangingPluginMarker}-${crypto.randomUUID()}`;
  const text = await Deno.readTextFile(plane!.kubeconfigs["exec-plugin-hangs"]);
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text.replace(hangingPluginMarker, marker));
    const child = start(path, ["get", "ns"]);
    const output = child.output();
    await untilThereAre(2, marker);
    Deno.kill(-child.pid, "SIGTERM");
    await child.status;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await untilThereAre(2, marker); // kubectl has exited, and they have not
    Deno.kill(-child.pid, "SIGKILL");
    await untilThereAre(0, marker);
    await output;
  } finally {
    for (const pid of withMarker(marker)) Deno.kill(pid, "SIGKILL");
    await Deno.remove(path);
  }
});

Deno.test({ name: "the proxy records its targets", ignore }, async () => {
  const before = (await proxyTargets(plane!.dir)).length;
  equal((await kubectl("proxy", "get", "ns")).code, 0);
  const targets = await proxyTargets(plane!.dir);
  ok(targets.length > before);
  deepEqual(new Set(targets), new Set([new URL(plane!.url).host]));
});

Deno.test("the proxy connects to loopback addresses only, and stops during a connection", async () => {
  const dir = await Deno.makeTempDir();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = startProxy(dir);
  const ask = async (line: string) => {
    const port = Number(new URL(proxy.url).port);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`${line} HTTP/1.1\r\n\r\n`));
    const bytes = new Uint8Array(200);
    const length = await connection.read(bytes) ?? 0;
    return { connection, said: new TextDecoder().decode(bytes.subarray(0, length)).slice(0, 12) };
  };
  try {
    const target = `127.0.0.1:${listener.addr.port}`;
    const rows = [
      ["CONNECT kube.test.invalid:443", "HTTP/1.1 403"],
      ["GET http://127.0.0.1/", "HTTP/1.1 405"],
      ["CONNECT 127.0.0.1:1", "HTTP/1.1 502"],
      [`CONNECT ${target}`, "HTTP/1.1 200"],
    ] as const;
    for (const [line, status] of rows) {
      const { connection, said } = await ask(line);
      equal(said, status, line);
      if (status !== "HTTP/1.1 200") connection.close();
      else {
        (await listener.accept()).close();
        await proxy.stop();
        connection.close();
      }
    }
    deepEqual(await proxyTargets(dir), ["kube.test.invalid:443", "127.0.0.1:1", target]);
  } finally {
    listener.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test({ name: "the additional host name has its own certificate", ignore }, async () => {
  const { hostname: host, port } = new URL(plane!.url);
  const names = async (servername?: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connectTls({
      host,
      port: Number(port),
      rejectUnauthorized: false,
      ...(servername && { servername }),
    }, () => resolve(socket.getPeerCertificate().subjectaltname ?? ""));
    socket.on("error", reject);
    return await promise.finally(() => socket.destroy());
  };
  equal(await names("kube.test.invalid"), "DNS:kube.test.invalid");
  match(await names("localhost"), /IP Address:127\.0\.0\.1/);
});
