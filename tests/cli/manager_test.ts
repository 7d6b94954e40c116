import assert from "node:assert/strict";
import { join } from "node:path";
import { stopSeconds } from "../../src/server/listen/graceful_stop.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { isServing, lives, type Place, place, until } from "./place.ts";
import { folder } from "./support.ts";

/** The server in the background, as users manage it. */

/** Whether the server responds to a request that is logged at info; probes are not. */
async function leavesALine(url: string): Promise<boolean> {
  const response = await fetch(`${url}/clusters`);
  await response.body?.cancel();
  return response.ok;
}

Deno.test("start starts a background server, status and logs show it, stop stops it", async () => {
  await using here = await place();
  const url = await here.start();
  assert.ok(await isServing(url));
  const pid = here.pid();

  assert.ok(await leavesALine(url));
  const status = await here.run("status");
  assert.equal(status.code, 0);
  assert.match(
    status.stdout,
    new RegExp(`^argocd-configurer is running \\(pid ${pid}, up \\d+ s\\)\\n`),
  );
  assert.match(status.stdout, /started +\d{4}-\d\d-\d\dT\S+Z\n/);
  assert.match(status.stdout, new RegExp(`url +${url}\\n +health +healthy\\n`));
  assert.match(status.stdout, /version +\d+\.\d+\.\d+\n/);
  const within = stopSeconds(settingsOf({}));
  assert.match(status.stdout, new RegExp(`\\n  stop +takes up to ${within} s\\n`));
  assert.match(status.stdout, /INFO server: request .*path=\/clusters/);
  assert.doesNotMatch(status.stdout, /path=\/health/);

  const logs = await here.run("logs", "-n", "2");
  assert.equal(logs.code, 0);
  assert.equal(logs.stdout.split("\n").length, 3);

  const stopped = await here.run("stop");
  const dir = await Deno.realPath(here.path);
  assert.deepEqual(
    [stopped.code, stopped.stdout],
    [0, `argocd-configurer stopped (pid ${pid}, run directory ${dir})\n`],
  );
  await until("the process is gone", async () => !await lives(pid));
  assert.equal(await isServing(url), false);
  await assert.rejects(Deno.stat(here.pidFile), Deno.errors.NotFound);
  assert.match(Deno.readTextFileSync(here.log), /stopping signal=SIGTERM\n[^]*stopped\n$/);
});

Deno.test("status of a stopped server exits with 3, and stop has nothing to do", async () => {
  await using here = await place();
  const status = await here.run("status");
  const dir = await Deno.realPath(here.path);
  assert.deepEqual(
    [status.code, status.stdout],
    [3, `argocd-configurer is stopped\n  run dir   ${dir}\n  log       ${dir}/server.log\n`],
  );
  const stopped = await here.run("stop");
  assert.deepEqual(
    [stopped.code, stopped.stdout],
    [0, `argocd-configurer is stopped (run directory ${dir})\n`],
  );
  const logs = await here.run("logs");
  assert.equal(logs.code, 1);
  assert.match(
    logs.stderr,
    /Cannot read .*server\.log: no server was started with run directory .*--run-dir/,
  );
});

Deno.test("status of a running server that does not respond exits with 1", async () => {
  await using here = await place();
  await here.start();
  const pid = here.pid();
  Deno.kill(pid, "SIGSTOP");
  try {
    const table = await here.run("status");
    assert.equal(table.code, 1);
    assert.match(
      table.stdout,
      new RegExp(
        `^argocd-configurer is running \\(pid ${pid}, up \\d+ s\\), but does not respond\\n` +
          "[^]*\\n {2}health +not responding\\n",
      ),
    );
    const { code, stdout } = await here.run("status", "-o", "json");
    const { state, healthy } = JSON.parse(stdout);
    assert.deepEqual([code, state, healthy], [1, "running", false]);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
});

Deno.test("a second start reports that the server is already running, and changes nothing", async () => {
  await using here = await place();
  const url = await here.start();
  const pid = here.pid();
  const { code, stdout } = await here.run("start", "--port", "0");
  const dir = await Deno.realPath(here.path);
  assert.deepEqual(
    [code, stdout],
    [
      0,
      `argocd-configurer is already running (pid ${pid}), listening on ${url}\n  run dir   ${dir}\n`,
    ],
  );
  assert.equal(here.pid(), pid);
});

Deno.test("of concurrent starts, one starts the server, and the others report that it is running", async () => {
  await using here = await place();
  const starts = await Promise.all(
    Array.from({ length: 4 }, () => here.run("start", "--port", "0")),
  );
  for (const { code, stderr } of starts) assert.equal(code, 0, stderr);
  const started = starts.filter(({ stdout }) => stdout.startsWith("argocd-configurer started "));
  assert.equal(started.length, 1, starts.map(({ stdout }) => stdout).join(""));
  const servers = Deno.readTextFileSync(here.log).match(/listening url=/g);
  assert.equal(servers?.length, 1);
  // A start that came too late does not wait to replace the server.
  assert.equal((await here.run("stop")).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal((await here.run("status")).code, 3);
});

Deno.test("a port in use is reported as the log has it, and nothing runs", async () => {
  await using here = await place();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await here.run("start", "--port", String(taken.addr.port));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: server: cannot listen host=127\.0\.0\.1 port=\d+ reason="address already in use" hint="[^"]+"\nerror: Cannot start argocd-configurer: the server exited with code 1\. Log: \/\S+\/server\.log\n$/,
  );
  assert.equal((await here.run("status")).code, 3);
});

Deno.test("a wrong setting is reported, with exit code 2", async () => {
  await using here = await place();
  const { code, stderr } = await here.run("start", "--transport", "pigeon");
  assert.equal(code, 2);
  assert.match(stderr, /Invalid setting 'transport' from flag --transport/);
});

Deno.test("a run directory that cannot be used is reported", async () => {
  await using here = await place();
  const file = await here.write("file", "");
  const { code, stderr } = await here.run("start", "--port", "0", "--run-dir", `${file}/below`);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: Cannot (start argocd-configurer with run directory|read) .*file\/below/m,
  );
});

Deno.test("a run directory that is not writable is reported", async () => {
  await using here = await place();
  const closed = join(here.path, "closed");
  await Deno.mkdir(closed, { mode: 0o500 });
  // Root can write everywhere except in /proc.
  const where = Deno.uid() === 0 ? "/proc" : closed;
  const { code, stderr } = await here.run("start", "--port", "0", "--run-dir", where);
  assert.equal(code, 1);
  assert.match(stderr, /^error: Cannot (start argocd-configurer with run directory|read) \/\S+: /m);
});

Deno.test("a run directory that does not exist is created", async () => {
  await using here = await place();
  const run = join(here.path, "a", "b");
  const { code } = await here.run("start", "--port", "0", "--run-dir", run);
  assert.equal(code, 0);
  assert.equal((await here.run("status", "--run-dir", run)).code, 0);
  assert.equal((await here.run("stop", "--run-dir", run)).code, 0);
});

for (
  const [what, content] of [
    ["empty", () => ""],
    ["garbage", () => "\0\xff not a pid\n\n\n"],
    ["of another program", (other: number) => `${other}\n`],
    [
      "of another program, with all its fields",
      (other: number) =>
        `${other}\n{"url":"http://127.0.0.1:1","version":"0","started":0,"cwd":"/","args":[]}\n`,
    ],
  ] as const
) {
  Deno.test(`with a pid file that is ${what} no process is signalled, and start takes the file over`, async () => {
    await using here = await place();
    const other = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      await here.write("server.pid", content(other.pid));
      assert.equal((await here.run("status")).code, 3);
      const stopped = await here.run("stop");
      assert.equal(stopped.code, 0);
      assert.match(stopped.stdout, /^argocd-configurer is stopped \(run directory \S+\)\n$/);
      await here.write("server.pid", content(other.pid));
      await here.start();
      assert.notEqual(here.pid(), other.pid);
      assert.equal((await here.run("stop")).code, 0);
      assert.ok(await lives(other.pid));
    } finally {
      other.kill("SIGKILL");
      await other.status;
    }
  });
}

Deno.test("with a pid file changed by another program, no process is signalled", async () => {
  await using here = await place();
  await here.start();
  const whole = Deno.readTextFileSync(here.pidFile);
  await Deno.writeTextFile(here.pidFile, "1234567\n");
  for (const command of ["stop", "status", "start"]) {
    const { code, stderr } = await here.run(command);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot determine which process holds .*server\.pid/);
  }
  await Deno.writeTextFile(here.pidFile, whole);
  assert.equal((await here.run("stop")).code, 0);
});

Deno.test("after kill -9, status reports it, and start works again", async () => {
  await using here = await place();
  await here.start();
  const pid = here.pid();
  Deno.kill(pid, "SIGKILL");
  await until("it is gone", async () => !await lives(pid));
  const status = await here.run("status");
  assert.equal(status.code, 3);
  assert.match(
    status.stdout,
    /^argocd-configurer is stopped: it was killed, or the machine was restarted\n/,
  );
  assert.ok(await isServing(await here.start()));
});

Deno.test("a deleted log is created again by the running server", async () => {
  await using here = await place();
  const url = await here.start();
  await Deno.remove(here.log);
  await until("there is a log", async () => {
    await leavesALine(url);
    return await Deno.stat(here.log).then(() => true, () => false);
  });
  assert.match(Deno.readTextFileSync(here.log), /path=\/clusters/);
});

/** A small disk of its own at this folder, which only the superuser can have. */
async function smallDisk(path: string): Promise<AsyncDisposable> {
  const run = async (command: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(command, { args }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  await Deno.mkdir(path);
  await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path);
  return { [Symbol.asyncDispose]: () => run("umount", "--lazy", path) };
}

Deno.test("a full disk does not stop the server, and lost log lines are reported when there is space", async () => {
  await using here = await place();
  const run = ["--run-dir", join(here.path, "disk")];
  // Without the right to mount one: a link to a device that is always full.
  const isReal = Deno.uid() === 0;
  await using _disk = isReal ? await smallDisk(run[1]!) : undefined;
  if (!isReal) {
    await Deno.mkdir(run[1]!);
    await Deno.symlink("/dev/full", join(run[1]!, "server.log"));
  }
  const url = await here.start(...run);
  const fill = join(run[1]!, "fill");
  if (isReal) {
    await Deno.writeFile(fill, new Uint8Array(1024 * 1024)).catch((error) =>
      assert.match(String(error), /No space left on device/)
    );
  }
  // More lines than fit into the rest of the log's last block.
  for (let i = 0; i < 100; i++) assert.ok(await leavesALine(url));
  if (isReal) {
    await Deno.remove(fill);
    const log = join(run[1]!, "server.log");
    await until("the loss is said", async () => {
      await leavesALine(url);
      return /ERROR log: log lines lost (?:id=\S+ )?lines=\d+ reason=".*No space left/
        .test(Deno.readTextFileSync(log));
    });
  }
  assert.equal((await here.run("status", ...run)).code, 0);
  assert.equal((await here.run("stop", ...run)).code, 0);
});

Deno.test("restart keeps the flags of the start", async () => {
  await using here = await place();
  await Deno.mkdir(join(here.path, "others"));
  await here.write("others/one.kubeconfig", "");
  const clusters = async () => {
    const url = /url +(\S+)/.exec((await here.run("status")).stdout)![1]!;
    return (await (await fetch(`${url}/clusters`)).json()).clusters;
  };
  await here.start("--clusters-folder", "others");
  const first = here.pid();
  assert.equal((await here.run("restart")).code, 0);
  assert.notEqual(here.pid(), first);
  assert.deepEqual(await clusters(), ["one"]);
});

const NAMESPACES = Array.from({ length: 20 }, (_, i) => `namespace-${i}`);

/** A cluster with slow writes. */
async function slowCluster(here: Place, milliseconds: number) {
  const emulator = startEmulator();
  for (const name of ["argocd", ...NAMESPACES]) emulator.cluster.addNamespace(name);
  await here.write("clusters/slow.kubeconfig", emulator.kubeconfig());
  const writing = Promise.withResolvers<void>();
  emulator.fault = ({ method }) => {
    if (method !== "POST") return undefined;
    writing.resolve();
    return { kind: "delay", milliseconds };
  };
  const body = JSON.stringify({
    password: "a-password",
    username: "a-user",
    cluster_name: "slow",
    name: "pull",
    namespaces: NAMESPACES,
  });
  return {
    /** Resolves when a write has started. */
    writing: writing.promise,
    add: (url: string) => fetch(`${url}/secrets/add_docker`, { method: "POST", body }),
    /** @throws when one of them is missing */
    secretsWritten: () =>
      [...NAMESPACES, "argocd"].map((name) => emulator.cluster.get("secrets", name, "pull")),
    [Symbol.asyncDispose]: () => emulator.stop(),
  };
}

for (const transport of ["api", "kubectl"]) {
  Deno.test(`${transport}: stop lets a write into 20 namespaces finish, and rejects others`, async () => {
    await using caches = await folder();
    await using here = await place({ KUBECACHEDIR: caches.path });
    // kubectl writes one after the other.
    await using cluster = await slowCluster(here, transport === "api" ? 500 : 50);
    const url = await here.start("--transport", transport);
    const added = cluster.add(url).then(async (response) => ({
      status: response.status,
      body: await response.json(),
    }));
    await cluster.writing;
    const stopping = here.run("stop");
    await until("it drains", () => /stopping/.test(Deno.readTextFileSync(here.log)));
    const other = await fetch(`${url}/clusters`).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    }, () => "refused");
    assert.ok([503, "refused"].includes(other), String(other));
    const { status, body } = await added;
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(cluster.secretsWritten().length, 21);
    const { code, stdout } = await stopping;
    assert.equal(code, 0);
    assert.match(stdout, /^argocd-configurer stopped \(pid /);
  });
}

Deno.test("a server that does not stop in time is killed, with exit code 1", async () => {
  await using here = await place();
  await using cluster = await slowCluster(here, 60_000);
  const url = await here.start("--transport", "api", "--kubectl-timeout", "60");
  const added = cluster.add(url).then((response) => response.body?.cancel(), () => {});
  await cluster.writing;
  const pid = here.pid();
  const { code, stdout } = await here.run("stop", "--timeout", "0.5");
  assert.equal(code, 1);
  assert.match(
    stdout,
    new RegExp(`^argocd-configurer killed \\(pid ${pid}\\): it did not stop within 0.5 s`),
  );
  await until("the process is gone", async () => !await lives(pid));
  assert.equal((await here.run("status")).code, 3);
  await added;
});

Deno.test("SIGHUP reloads the configuration, and keeps the old one if the new one is invalid", async () => {
  await using here = await place();
  await Deno.mkdir(join(here.path, "others"));
  await here.write("others/one.kubeconfig", "");
  const file = await here.write("config.yaml", "clusters-folder: clusters\nport: 0\n");
  const started = await here.run("start", "--config", file);
  const url = /, listening on (\S+)$/m.exec(started.stdout)![1]!;
  const clusters = async () => (await (await fetch(`${url}/clusters`)).json()).clusters;
  assert.deepEqual(await clusters(), []);

  await here.write("config.yaml", "clusters-folder: others\nport: many\n");
  Deno.kill(here.pid(), "SIGHUP");
  await until(
    "it says why it keeps the old one",
    () =>
      /ERROR config: configuration reload failed; keeping the previous one reason="Invalid setting 'port' from \S+config\.yaml:2: /
        .test(Deno.readTextFileSync(here.log)),
  );
  assert.deepEqual(await clusters(), []);

  await here.write("config.yaml", "clusters-folder: others\nport: 1\n");
  Deno.kill(here.pid(), "SIGHUP");
  await until(
    "it has reloaded",
    () => /INFO config: configuration reloaded/.test(Deno.readTextFileSync(here.log)),
  );
  assert.deepEqual(await clusters(), ["one"]);
  assert.match(
    Deno.readTextFileSync(here.log),
    /WARNING config: setting changed; restart required setting=port/,
  );
  assert.ok(await isServing(url));
});
