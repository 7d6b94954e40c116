import assert from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { folder } from "../cli/support.ts";
import { bystander, uniqueName } from "../support/api_objects.ts";
import { PATIENCE } from "../support/patience.ts";
import { canaryWatch } from "./canary_watch.ts";
import { ELSEWHERE, PROBES, type Scene } from "./permission_probe.ts";
import { watchProcesses } from "./process_watch.ts";
import { until } from "./until.ts";

/** `deno task start` has exactly the permissions that it needs, as in deno.json. */

const ROOT = join(import.meta.dirname!, "..", "..");

/** The flags between `deno run` and the program. */
const PERMISSIONS = (() => {
  const { command } = denoConfig.tasks.start;
  const pattern =
    /^deno install --entrypoint main\.ts && deno run --v8-flags=\S+ (.+) main\.ts serve$/;
  const flags = pattern.exec(command)?.[1]?.split(" ");
  assert.ok(flags, command);
  return flags;
})();

Deno.test("the permissions of the task are exactly these, and SECURITY.md lists them", async () => {
  assert.deepEqual(PERMISSIONS, [
    "--cached-only",
    "--allow-net=127.0.0.1,[::1],localhost",
    "--allow-read",
    "--allow-env",
    "--allow-run=kubectl,kill",
    "--allow-sys=uid,gid",
  ]);
  const text = await Deno.readTextFile(join(ROOT, "SECURITY.md"));
  assert.ok(text.includes(`\`${PERMISSIONS.join(" ")}\``));
});

/** A library that every Linux has, beside those that Deno uses. */
async function aLibrary(): Promise<string> {
  const maps = await Deno.readTextFile("/proc/self/maps");
  return /\/\S+\/libc[.-]\S*so\S*$/m.exec(maps)![0];
}

/** The outcome of each probe. */
async function probed(flags: readonly string[], more: string): Promise<Record<string, string>> {
  await using here = await folder();
  await using server = Deno.serve(
    { hostname: "127.0.0.2", port: 0, onListen: () => {} },
    () => new Response("here"),
  );
  await here.write("there", "x");
  const kubectl = await here.write("kubectl", "#!/bin/sh\n");
  await Deno.chmod(kubectl, 0o700);
  const scene: Scene = { folder: here.path, port: server.addr.port, library: await aLibrary() };
  const program = join(ROOT, "tests", "trust", "permission_probe.ts");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...flags, program, JSON.stringify(scene), more],
    cwd: here.path,
    env: { NO_COLOR: "1", TMPDIR: here.path },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.ok(said.startsWith("{"), new TextDecoder().decode(stderr));
  const outcomes = JSON.parse(said);
  // Forbidden actions had no effect.
  if (more !== "") {
    const names = [...Deno.readDirSync(here.path)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["kubectl", "there"]);
  }
  return outcomes;
}

const linuxOnly = Deno.build.os !== "linux";

Deno.test({
  name:
    "with exactly the permissions of the task, nothing else can be written, reached, run, loaded or read",
  ignore: linuxOnly,
  fn: async () => {
    const outcomes = await probed(PERMISSIONS, "elsewhere");
    const forbidden = Object.entries(outcomes).filter(([, came]) => /^NotCapable\b/.test(came));
    const names = [...Object.keys(PROBES), ...Object.keys(ELSEWHERE)];
    assert.deepEqual(forbidden.map(([name]) => name), names, JSON.stringify(outcomes, null, 2));
  },
});

Deno.test({
  name: "with all permissions each of these is possible, so the permissions are what prevents it",
  ignore: linuxOnly,
  fn: async () => {
    const outcomes = await probed(["--allow-all"], "");
    for (const [name, came] of Object.entries(outcomes)) assert.equal(came, "done", name);
  },
});

const plane = controlPlaneFromEnv();

Deno.test({
  name: "with exactly the permissions of the task, the server lists and writes through kubectl",
  ignore: plane === undefined,
  fn: async () => {
    await using here = await folder();
    const watch = canaryWatch(here.path);
    using processes = watchProcesses(here.path);
    const others = bystander(plane!.request);
    const [namespace, argocd] = [await others.namespace(), await others.namespace()];
    const kubeconfig = await Deno.readTextFile(plane!.kubeconfigs.administrator);
    await here.write("c.kubeconfig", kubeconfig);
    const log = await here.write("server.log", "");
    const entrypoint = ["install", "--entrypoint", join(ROOT, "main.ts")];
    const installed = await new Deno.Command(Deno.execPath(), { args: entrypoint, cwd: ROOT })
      .output();
    assert.ok(installed.success, new TextDecoder().decode(installed.stderr));
    const child = new Deno.Command("sh", {
      args: [
        ...["-c", 'log=$1; shift; exec "$@" 2>"$log"', "sh", log, Deno.execPath(), "run"],
        ...["--no-check", ...PERMISSIONS, join(ROOT, "main.ts"), "serve", "--port=0"],
        ...["--log-level=debug", `--clusters-folder=${here.path}`, `--argocd-namespace=${argocd}`],
        `--kubectl-timeout=${PATIENCE}`,
      ],
      env: { NO_COLOR: "1", KUBECACHEDIR: join(here.path, "cache"), TMPDIR: here.path },
      stdin: "null",
      stdout: "null",
    }).spawn();
    try {
      const text = () => Deno.readTextFileSync(log);
      await until("the log says where it listens", () => /listening url=/.test(text()));
      const url = /listening url=(\S+)/.exec(text())![1]!;
      const name = uniqueName("pull");
      const password = watch.secret();
      const body = { cluster_name: "c", name, namespaces: namespace, username: "user", password };
      const written = await fetch(`${url}/secrets/add_docker`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      const said = await written.text();
      assert.equal(written.status, 200, said);
      const config = (await others.find(namespace, name))!.data![".dockerconfigjson"]!;
      assert.equal(JSON.parse(atob(config)).auths["ghcr.io"].password, password);
      const listed = await fetch(`${url}/secrets?cluster=c`);
      const list = await listed.text();
      assert.equal(listed.status, 200, list);
      assert.ok(list.includes(name));
      watch.said(said + list, "an answer");
      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0, text());
      assert.ok(!/NotCapable|Requires \w+ access/.test(text()), text());
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // The process has exited.
      }
      await child.status;
    }
    watch.everywhere(processes);
  },
});
