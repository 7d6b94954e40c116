import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, type Folder, folder, outcome } from "./support.ts";

/** Where configuration, clusters and run files are found. */

interface User extends AsyncDisposable {
  /** `$XDG_CONFIG_HOME/argocd-configurer`, with `clusters` in it. */
  readonly home: string;
  readonly state: string;
  /** Writes a file below the home. */
  write(name: string, content: string): Promise<void>;
  run(cwd: string, args: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

/** A user with a clusters folder. At the end no server of this home is running. */
async function user(): Promise<User> {
  const top = await folder();
  const path = await Deno.realPath(top.path);
  const home = join(path, "config", "argocd-configurer");
  const state = join(path, "state", "argocd-configurer");
  await Deno.mkdir(join(home, "clusters"), { recursive: true, mode: 0o700 });
  const xdg = { XDG_CONFIG_HOME: join(path, "config"), XDG_STATE_HOME: join(path, "state") };
  const run = (cwd: string, args: readonly string[], env: Record<string, string> = {}) =>
    outcome(args, { cwd, env: { ...xdg, ...env } });
  return {
    home,
    state,
    write: (name, content) => Deno.writeTextFile(join(home, name), content, { mode: 0o600 }),
    run,
    async [Symbol.asyncDispose]() {
      await run(path, ["stop", "--run-dir", state, "--timeout", "5"]);
      await top[Symbol.asyncDispose]();
    },
  };
}

const realPath = ({ path }: Folder) => Deno.realPath(path);

Deno.test("clusters in the user's folder are found from anywhere, and messages name the folder", async () => {
  await using me = await user();
  await using elsewhere = await folder();
  const empty = await me.run(elsewhere.path, ["clusters"]);
  assert.deepEqual([empty.code, empty.stderr], [
    0,
    `No clusters found in the folder ${me.home}/clusters. Import some with 'argocd-configurer clusters import'\n`,
  ]);
  await me.write("clusters/one.kubeconfig", "");
  const { stdout } = await me.run(elsewhere.path, ["clusters", "-o", "name"]);
  assert.equal(stdout, "one\n");
});

Deno.test("a working directory with clusters goes before the user's folder", async () => {
  await using me = await user();
  await using here = await folder();
  await me.write("clusters/one.kubeconfig", "");
  await Deno.mkdir(join(here.path, "clusters"));
  await here.write("clusters/two.kubeconfig", "");
  assert.equal((await me.run(here.path, ["clusters", "-o", "name"])).stdout, "two\n");
});

Deno.test("if no clusters are found, the searched folders are named", async () => {
  await using me = await user();
  await using here = await folder();
  await Deno.remove(join(me.home, "clusters"));
  const { code, stderr } = await me.run(here.path, ["clusters"]);
  assert.equal(code, 0);
  assert.ok(
    stderr.startsWith(
      `No clusters found in the folders ${await realPath(here)}/clusters, ${me.home}`,
    ),
    stderr,
  );
});

Deno.test("status, logs, restart and stop find from elsewhere the server that start started", async () => {
  await using me = await user();
  await using here = await folder();
  await using there = await folder();
  await me.write("config.yaml", "port: 0\naudit-log: audit.log\n");
  const started = await me.run(here.path, ["start"]);
  assert.equal(started.code, 0, started.stderr);
  assert.ok(
    started.stdout.endsWith(
      `\n  clusters  ${me.home}/clusters\n  log       ${me.state}/server.log\n`,
    ),
    started.stdout,
  );
  const told = async () => JSON.parse((await me.run(there.path, ["status", "-o", "json"])).stdout);
  const status = await told();
  assert.deepEqual(
    { ...status, pid: 0, url: "", version: "", started: "", uptime_seconds: 0, stop_seconds: 0 },
    {
      state: "running",
      healthy: true,
      pid: 0,
      url: "",
      version: "",
      started: "",
      uptime_seconds: 0,
      stop_seconds: 0,
      run_directory: me.state,
      log: `${me.state}/server.log`,
      config: `${me.home}/config.yaml`,
      clusters_folder: `${me.home}/clusters`,
      authentication: "none",
    },
  );
  assert.ok((await Deno.stat(join(me.home, "audit.log"))).isFile);
  const again = await me.run(there.path, ["start"]);
  assert.match(
    again.stdout,
    new RegExp(`^argocd-configurer is already running .*, listening on ${status.url}\n`),
  );
  const logs = await me.run(there.path, ["logs"]);
  assert.match(
    logs.stdout,
    new RegExp(
      `configuration loaded file=${me.home}/config\\.yaml clusters_folder=${me.home}/clusters `,
    ),
  );
  assert.equal((await me.run(there.path, ["restart"])).code, 0);
  const next = await told();
  assert.notEqual(next.pid, status.pid);
  const stopped = await me.run("/", ["stop"]);
  assert.equal(
    stopped.stdout,
    `argocd-configurer stopped (pid ${next.pid}, run directory ${me.state})\n`,
  );
  const ended = await me.run(there.path, ["status", "-o", "json"]);
  const { state, pid, healthy } = JSON.parse(ended.stdout);
  assert.deepEqual([ended.code, state, pid, healthy], [3, "stopped", null, false]);
  const yaml = await me.run(there.path, ["status", "-o", "yaml"]);
  assert.match(yaml.stdout, /^state: stopped\n/);
});

Deno.test("restart of a stopped server uses the configuration that is found, and prints it", async () => {
  await using me = await user();
  await using elsewhere = await folder();
  await me.write("config.yaml", "port: 0\n");
  const { code, stdout, stderr } = await me.run(elsewhere.path, ["restart"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^argocd-configurer started \(pid /);
  assert.equal(
    stderr,
    `argocd-configurer is stopped (run directory ${me.state})\n` +
      "Starting it with only the flags given here\n" +
      `  configuration    ${me.home}/config.yaml\n  clusters folder  ${me.home}/clusters\n`,
  );
});

Deno.test("status in another directory hints at other run directories", async () => {
  await using me = await user();
  await using here = await folder();
  await Deno.mkdir(join(here.path, "clusters"));
  await me.run("/", ["start", "--port", "0"]);
  for (const command of ["status", "stop"]) {
    const { stdout } = await me.run(here.path, [command]);
    assert.ok(stdout.includes(`for that server, use --run-dir ${me.state}\n`), stdout);
  }
  const logs = await me.run(here.path, ["logs"]);
  assert.equal(logs.code, 1);
  assert.ok(logs.stderr.endsWith(`for that server, use --run-dir ${me.state}\n`), logs.stderr);
  assert.equal((await me.run("/", ["status"])).code, 0);
});

Deno.test("paths in a named configuration are relative to the working directory", async () => {
  await using me = await user();
  await using here = await folder();
  await me.write("config.yaml", "port: 1\n");
  await here.write("mine.yaml", "tls-cert: own.crt\n");
  const { stdout } = await me.run(here.path, [
    ...["config", "view", "-o", "json", "--config", "mine.yaml"],
  ]);
  const { settings, config } = JSON.parse(stdout);
  assert.equal(config, `${await realPath(here)}/mine.yaml`);
  // The configuration does not name clusters, so the default folder is used.
  assert.deepEqual([settings.port, settings["tls-cert"], settings["clusters-folder"]], [
    8091,
    "own.crt",
    `${me.home}/clusters`,
  ]);
});

Deno.test("the environment names the run directory and the configuration, and flags take precedence", async () => {
  await using me = await user();
  await using here = await folder();
  const path = await realPath(here);
  const config = await here.write("mine.yaml", "port: 4\n");
  const other = await here.write("other.yaml", "port: 5\n");
  const env = { ARGOCD_CONFIGURER_RUN_DIR: `${path}/a`, ARGOCD_CONFIGURER_CONFIG: config };
  const status = async (...flags: string[]) =>
    JSON.parse((await me.run("/", ["status", "-o", "json", ...flags], env)).stdout).run_directory;
  assert.equal(await status(), `${path}/a`);
  assert.equal(await status("--run-dir", `${path}/b`), `${path}/b`);
  const port = async (...flags: string[]) =>
    JSON.parse((await me.run("/", ["config", "view", "-o", "json", ...flags], env)).stdout)
      .settings.port;
  assert.equal(await port(), 4);
  assert.equal(await port("--config", other), 5);
});

Deno.test("config view shows each setting, and the flag, variable, line or default it is from", async () => {
  await using me = await user();
  await me.write(
    "config.yaml",
    "# a comment\nkubectl_timeout: 7\ntls-cert: tls/own.crt\ncors-origins: ['https://a:b@c.example']\n",
  );
  const args = ["config", "view", "--port", "0"];
  const env = { ARGOCD_CONFIGURER_LOG_FORMAT: "json" };
  const shown = await me.run("/", [...args, "--show-origin", "-o", "json"], env);
  assert.equal(shown.code, 0, shown.stderr);
  const { settings, ...places } = JSON.parse(shown.stdout);
  assert.deepEqual([places.home, places.config, places.clusters_folder, places.run_directory], [
    me.home,
    `${me.home}/config.yaml`,
    `${me.home}/clusters`,
    me.state,
  ]);
  const file = `${me.home}/config.yaml`;
  const EXPECTED = {
    port: { value: 0, origin: "flag --port" },
    "log-format": { value: "json", origin: "environment variable ARGOCD_CONFIGURER_LOG_FORMAT" },
    kubectl_timeout: { value: 7, origin: `${file}:2` },
    // A relative path starts at the folder of the file.
    "tls-cert": { value: `${me.home}/tls/own.crt`, origin: `${file}:3` },
    "cors-origins": { value: ["https://***@c.example"], origin: `${file}:4` },
    host: { value: "127.0.0.1", origin: "default" },
    "clusters-folder": { value: `${me.home}/clusters`, origin: "default" },
    "tokens-file": { value: null, origin: "default" },
  };
  for (const [key, each] of Object.entries(EXPECTED)) assert.deepEqual(settings[key], each, key);

  const table = await me.run("/", [...args, "--show-origin"], env);
  assert.match(table.stdout, new RegExp(`^configuration +${file}$`, "m"));
  assert.match(table.stdout, new RegExp(`^kubectl_timeout +7 +${file}:2$`, "m"));
  assert.match(table.stdout, /^port +0 +flag --port$/m);
  const plain = await me.run("/", args, env);
  assert.match(plain.stdout, /^kubectl_timeout +7$/m);
  for (const { stdout } of [shown, table, plain]) assert.ok(!stdout.includes("a:b@"), stdout);
  const yaml = await me.run("/", [...args, "-o", "yaml"], env);
  assert.match(yaml.stdout, /^settings:\n(?: {2}.*\n)* {2}kubectl_timeout: 7$/m);
});

Deno.test({
  name: "another user's clusters folder in the working directory is rejected, not skipped",
  ignore: Deno.uid() !== 0, // only root can change the owner of a folder
  async fn() {
    await using me = await user();
    await using here = await folder();
    await me.write("clusters/one.kubeconfig", "");
    const clusters = join(here.path, "clusters");
    await Deno.mkdir(clusters);
    await Deno.chown(clusters, 65534, 65534);
    const path = await Deno.realPath(clusters);
    for (const command of [["clusters"], ["serve", "--port", "0"], ["config", "view"]]) {
      const { code, stdout, stderr } = await me.run(here.path, command);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.ok(
        stderr.startsWith(`error: Cannot use clusters folder ${path}, found in the working `),
        stderr,
      );
      assert.match(
        stderr,
        /owned by uid 65534, .*; run chown on it\. Or run the command in another directory/,
      );
    }
    const named = ["clusters", "-o", "name", "--clusters-folder", join(me.home, "clusters")];
    assert.equal((await me.run(here.path, named)).stdout, "one\n");
    const trusted = { ARGOCD_CONFIGURER_TRUSTED_OWNERS: "[65534]" };
    assert.equal((await me.run(here.path, ["clusters"], trusted)).code, 0);
  },
});

Deno.test("a running server keeps its paths, whatever files appear or disappear", async () => {
  await using me = await user();
  await using here = await folder();
  const path = await realPath(here);
  await Deno.mkdir(join(path, "clusters"));
  await me.write("clusters/one.kubeconfig", "");
  assert.equal((await me.run(path, ["start", "--port", "0"])).code, 0);
  try {
    await Deno.remove(join(path, "clusters"));
    const log = join(path, "server.log");
    Deno.kill(Number(Deno.readTextFileSync(join(path, "server.pid")).split("\n")[0]), "SIGHUP");
    const end = Date.now() + 30_000;
    while (!Deno.readTextFileSync(log).includes("configuration reloaded")) {
      assert.ok(Date.now() < end, "it has not reloaded");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(!Deno.readTextFileSync(log).includes(me.home));
  } finally {
    await me.run(path, ["stop", "--run-dir", path, "--timeout", "5"]);
  }
});
