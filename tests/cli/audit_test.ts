import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { makeCanary } from "../support/canary.ts";
import { type Folder, folder, listening, outcome, type Program, program } from "./support.ts";

/** The audit log of the program as users run it, with an emulated cluster. */

interface Place {
  readonly emulator: Emulator;
  readonly folder: Folder;
  readonly auditLog: string;
  /** Starts a server with these lines in the configuration file. */
  serve(more?: string): Promise<{ running: Program; url: string }>;
  write(url: string, more?: object): Promise<{ status: number; text: string }>;
  phases(auditLog?: string): string[];
}

/** Fails if the password of the writes is in a file, a response or the log. */
async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const canary = makeCanary();
  const emulator = startEmulator();
  const clusters = await folder();
  const here = await folder();
  const programs: Program[] = [];
  const said: string[] = [];
  const auditLog = join(here.path, "audit.log");
  await clusters.write("c.kubeconfig", emulator.kubeconfig());
  for (const name of ["default", "argocd"]) emulator.cluster.addNamespace(name);
  try {
    await use({
      emulator,
      folder: here,
      auditLog,
      async serve(more = `audit-log: ${auditLog}\n`) {
        const config = await here.write(
          "config.yaml",
          `port: 0\ntransport: api\nclusters-folder: ${clusters.path}\n${more}`,
        );
        const running = program(["serve", "--config", config]);
        programs.push(running);
        return { running, url: await listening(running) };
      },
      async write(url, more = {}) {
        const response = await fetch(`${url}/secrets/add_docker`, {
          method: "POST",
          body: JSON.stringify({
            cluster_name: "c",
            name: "pull",
            namespaces: "default",
            username: "user",
            password: canary.value,
            upsert: true,
            ...more,
          }),
        });
        const text = await response.text();
        said.push(text);
        return { status: response.status, text };
      },
      phases: (path = auditLog) =>
        Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line).phase),
    });
  } finally {
    for (const each of programs) {
      await each[Symbol.asyncDispose]();
      const { stdout, stderr } = await each.ended;
      said.push(stdout, stderr);
    }
    await emulator.stop();
    for (const text of said) canary.absentFrom(text, "the log or an answer");
    for (const { name } of Deno.readDirSync(here.path)) {
      canary.absentFrom(Deno.readTextFileSync(join(here.path, name)), name);
    }
    await here[Symbol.asyncDispose]();
    await clusters[Symbol.asyncDispose]();
  }
}

Deno.test("with the setting audit-log writes are recorded, and GET /audit shows them", () =>
  withPlace(async ({ serve, write, auditLog, phases, folder }) => {
    const { url } = await serve();
    assert.equal((await write(url)).status, 200);
    assert.deepEqual(phases(), ["started", "begin", "end"]);
    const { entries } = await (await fetch(`${url}/audit?cluster=c`)).json();
    assert.deepEqual(
      entries.map(({ phase, from, outcome }: Record<string, string>) => [phase, from, outcome]),
      [["end", "127.0.0.1", "created"], ["begin", "127.0.0.1", undefined]],
    );
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
      "audit.log",
      "audit.log.key",
      "config.yaml",
    ]);
    for (const path of [auditLog, `${auditLog}.key`]) {
      assert.equal(Deno.statSync(path).mode! & 0o777, 0o600, path);
    }
  }));

Deno.test("a full log is rotated, the configured number of files is kept, and GET /audit reads all of them", () =>
  withPlace(async ({ serve, write, auditLog, phases, folder }) => {
    const time = "2026-01-01T00:00:00.000Z";
    const old = { time, phase: "refused", who: "ci", action: "POST /", reason: "x".repeat(1000) };
    const lines = `${JSON.stringify(old)}\n`.repeat(1024);
    await Deno.writeTextFile(auditLog, lines, { mode: 0o600 });
    await Deno.writeTextFile(`${auditLog}.1`, `${JSON.stringify(old)}\n`, { mode: 0o600 });
    const { url } = await serve(
      `audit-log: ${auditLog}\naudit-log-max-size: 1048576\naudit-log-files: 1\n`,
    );
    assert.equal((await write(url)).status, 200);
    assert.deepEqual(phases(), ["started", "begin", "end"]);
    assert.equal(await Deno.readTextFile(`${auditLog}.1`), lines);
    const { entries, chain } = await (await fetch(`${url}/audit?limit=1000`)).json();
    assert.deepEqual([entries.length, entries.at(-1).phase], [1000, "refused"]);
    assert.deepEqual(chain, { state: "unbroken", checked: 3 });
    assert.ok(![...Deno.readDirSync(folder.path)].some(({ name }) => name === "audit.log.2"));
  }));

Deno.test("without audit-log nothing is recorded, and GET /audit is 404 and names the setting", () =>
  withPlace(async ({ serve, write, folder }) => {
    const { url } = await serve("");
    assert.equal((await write(url)).status, 200);
    const response = await fetch(`${url}/audit`);
    assert.equal(response.status, 404);
    assert.match(
      (await response.json()).message,
      /^No audit log is configured\. Set audit-log in the configuration file, such as audit-log: audit\.log$/,
    );
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["config.yaml"]);
  }));

Deno.test("after a kill during a write, the next start reports the interrupted write", () =>
  withPlace(async ({ emulator, serve, write, phases }) => {
    const reached = Promise.withResolvers<void>();
    emulator.fault = ({ method }) => {
      if (method !== "POST") return undefined;
      reached.resolve();
      return { kind: "hang" };
    };
    const victim = await serve();
    const lost = write(victim.url).catch(() => "no answer");
    await reached.promise;
    victim.running.kill("SIGKILL");
    assert.equal(await lost, "no answer");
    await victim.running.ended;
    emulator.fault = undefined;

    const { running, url } = await serve();
    const [line] = await running.line(/WARNING audit: write interrupted .*/);
    assert.match(line, /with upsert.*cluster=c names=\["pull"\] namespaces=\["default","argocd"\]/);
    assert.equal((await write(url)).status, 200);
    assert.deepEqual(phases(), ["started", "begin", "interrupted", "started", "begin", "end"]);
  }));

Deno.test("a write in progress during a configuration reload is not reported as interrupted", () =>
  withPlace(async ({ emulator, serve, write, phases }) => {
    const { running, url } = await serve();
    const reached = Promise.withResolvers<void>();
    emulator.fault = ({ method }) => {
      if (method !== "POST") return undefined;
      reached.resolve();
      return { kind: "delay", milliseconds: 500 };
    };
    const slow = write(url);
    await reached.promise;
    running.kill("SIGHUP");
    await running.line(/configuration reloaded/);
    emulator.fault = undefined;
    assert.equal((await write(url, { name: "other" })).status, 200);
    assert.equal((await slow).status, 200);
    assert.deepEqual(phases(), ["started", "begin", "begin", "end", "end"]);
    running.kill("SIGTERM");
    const { code, stderr } = await running.ended;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /interrupted/);
  }));

Deno.test("a configuration reload turns the audit log on and off, and changes its file", () =>
  withPlace(async ({ folder, serve, write, phases, auditLog }) => {
    const { running, url } = await serve("");
    assert.equal((await write(url)).status, 200);
    const config = join(folder.path, "config.yaml");
    const bare = await Deno.readTextFile(config);
    let reloads = 0;
    const reload = async (more: string) => {
      await Deno.writeTextFile(config, bare + more);
      running.kill("SIGHUP");
      await running.line(/configuration reloaded/);
      // The line of an earlier reload matches too, so GET /audit is polled until this reload shows.
      reloads++;
      const isOn = more !== "";
      while (((await (await fetch(`${url}/audit`)).json()).error === undefined) !== isOn) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await reload(`audit-log: ${auditLog}\n`);
    assert.equal((await write(url)).status, 200);
    await reload("");
    assert.equal((await write(url)).status, 200);
    await reload(`audit-log: ${auditLog}.other\n`);
    assert.equal((await write(url)).status, 200);
    assert.equal(reloads, 3);
    assert.deepEqual(phases(), ["started", "begin", "end"]);
    assert.deepEqual(phases(`${auditLog}.other`), ["started", "begin", "end"]);
  }));

Deno.test("a second server with the same audit log serves reads, and rejects writes until the first has exited", () =>
  withPlace(async ({ serve, write }) => {
    const first = await serve();
    assert.equal((await write(first.url)).status, 200);
    const second = await serve();
    await second.running.line(
      /ERROR audit: cannot write audit log.*another process holds/,
    );
    const refused = await write(second.url);
    assert.equal(refused.status, 503);
    assert.match(refused.text, /another process holds/);
    const secrets = await fetch(`${second.url}/secrets?cluster=c`);
    assert.equal(secrets.status, 200);
    await secrets.body?.cancel();
    first.running.kill("SIGKILL");
    await first.running.ended;
    assert.equal((await write(second.url)).status, 200);
  }));

Deno.test("a missing folder of the audit log is reported at start and in each rejected write, until it exists", () =>
  withPlace(async ({ serve, write, folder }) => {
    const { running, url } = await serve(`audit-log: ${folder.path}/no/audit.log\n`);
    await running.line(/ERROR audit: cannot write audit log.*its folder does not exist/);
    const { status, text } = await write(url);
    assert.equal(status, 503);
    assert.match(text, /Cannot write: .*its folder does not exist\. Nothing was changed/);
    await Deno.mkdir(join(folder.path, "no"));
    assert.equal((await write(url)).status, 200);
    await Deno.remove(join(folder.path, "no"), { recursive: true });
  }));

Deno.test("an empty audit-log prevents the start", async () => {
  await using here = await folder();
  const config = await here.write("config.yaml", 'audit-log: ""\n');
  const { code, stderr } = await outcome(["serve", "--config", config]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /'audit-log' from .*config\.yaml:1: must not be empty/);
});
