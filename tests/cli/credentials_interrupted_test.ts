import assert from "node:assert/strict";
import type { EmulatedFault } from "../../src/emulator/emulator.ts";
import { onStage, type Stage, storedPassword, TOKEN_ENV } from "./credentials_support.ts";
import { programCommand } from "./support.ts";

/** Signals during a command. */

/** Starts a command. `writing` resolves when its write has started, which takes a while. */
function begun(
  { folder: { path }, emulators: { one }, canary }: Stage,
  args: readonly string[],
  fault: EmulatedFault = { kind: "delay", milliseconds: 1500 },
) {
  const writing = Promise.withResolvers<void>();
  one.fault = ({ method }) => {
    if (method !== "POST") return undefined;
    writing.resolve();
    return fault;
  };
  const [executable, ...rest] = programCommand(args);
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd: path,
    env: { NO_COLOR: "1", ARGOCD_CONFIGURER_PASSWORD: canary.value },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, writing: writing.promise };
}

const add = (clusters: string) => [
  ...["docker", "add", "--cluster", clusters, "--name", "n", "--username", "u"],
  ...["--namespaces", "team-a,team-b"],
];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} lets a started write finish`, () =>
    onStage(async (stage) => {
      const { child, writing } = begun(stage, add("one"));
      await writing;
      child.kill(signal);
      const { code, stdout, stderr } = await child.output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      assert.match(
        said,
        /^Finishing the current write\. Press Ctrl-C again to abort and leave it incomplete$/m,
      );
      assert.match(new TextDecoder().decode(stdout), /secret\/n +created/);
      for (const namespace of ["team-a", "team-b", "argocd"]) {
        assert.equal(storedPassword(stage.emulators.one, namespace, "n"), stage.canary.value);
      }
    }));
}

Deno.test("a second signal aborts the write immediately", () =>
  onStage(async (stage) => {
    const { child, writing } = begun(stage, add("one"), { kind: "hang" });
    await writing;
    const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    child.kill("SIGINT");
    let text = "";
    while (!text.includes("Ctrl-C again")) text += (await said.read()).value ?? assert.fail(text);
    child.kill("SIGINT");
    assert.equal((await child.status).signal, "SIGINT");
    await said.cancel();
    await child.stdout.cancel();
  }));

Deno.test("clusters that were not started are skipped and reported", () =>
  onStage(async (stage) => {
    const { child, writing } = begun(stage, [...add("one,two"), "--first", "one"]);
    await writing;
    child.kill("SIGTERM");
    const { code, stderr } = await child.output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 3, said);
    assert.match(
      said,
      /^Finishing .*\n1 cluster: 3 created; 1 skipped\nTo retry the skipped clusters: --cluster two$/m,
    );
    assert.deepEqual(stage.emulators.two.requests, []);
  }));

/** Starts a command. `asked` resolves when the second cluster, which does not respond, has been queried. */
function hanging({ folder: { path }, emulators: { two }, canary }: Stage, args: readonly string[]) {
  const asked = Promise.withResolvers<void>();
  two.fault = () => {
    asked.resolve();
    return { kind: "hang" };
  };
  const [executable, ...rest] = programCommand(args);
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd: path,
    env: { NO_COLOR: "1", ARGOCD_CONFIGURER_PASSWORD: canary.value, ...TOKEN_ENV },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, asked: asked.promise };
}

interface Interrupted {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output of a command that gets a signal while the second cluster hangs. */
async function interrupted(
  stage: Stage,
  args: readonly string[],
  signal: Deno.Signal,
): Promise<Interrupted> {
  const { child, asked } = hanging(stage, args);
  await asked;
  child.kill(signal);
  const { code, stdout, stderr } = await child.output();
  stage.emulators.two.fault = undefined;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} stops a read immediately, reports the unfinished clusters, and exits with ${code}`, () =>
    onStage(async (stage) => {
      const ended = await interrupted(stage, ["secrets", "--cluster", "two,gone"], signal);
      assert.deepEqual(ended.code, code);
      assert.equal(ended.stdout, "");
      // The other cluster may have finished before.
      assert.match(
        ended.stderr,
        /^(gone: failed: .*\n1 cluster failed; 1 not finished\nTo retry the failed clusters: --cluster gone\nTo retry the unfinished clusters: --cluster two|2 clusters not finished\nTo retry the unfinished clusters: --cluster two,gone)\n$/,
      );
    }));
}

Deno.test("an interrupted read of one cluster is an error", () =>
  onStage(async (stage) => {
    assert.deepEqual(await interrupted(stage, ["secrets", "two"], "SIGINT"), {
      code: 130,
      stdout: "",
      stderr: "error: Interrupted before the response arrived\n",
    });
  }));

Deno.test("an interrupted dry run is stopped immediately, since it changes nothing", () =>
  onStage(async (stage) => {
    const ended = await interrupted(stage, [...add("two"), "--dry-run=server"], "SIGINT");
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /^skipped|^error: Interrupted before the response arrived$/m);
  }));

/** Errors about a write that the server continues. */
const UNKNOWN: [clusters: string, stderr: RegExp][] = [
  [
    "two",
    /^error: Interrupted\. The server continues the write, so its outcome is unknown\. Check with 'secrets' before you run it again\n$/,
  ],
  [
    "one,two",
    /^error: (one, )?two: Interrupted\. The server continues [^]*\nUnknown outcome: --cluster (one,)?two\n$/,
  ],
];

for (const [clusters, stderr] of UNKNOWN) {
  Deno.test(`after a signal, the server continues the write on ${clusters}, which is reported, and the client exits`, () =>
    onStage(
      async (stage) => {
        const ended = await interrupted(
          stage,
          [...add(clusters), "--server", stage.url!],
          "SIGINT",
        );
        assert.equal(ended.code, 130, ended.stderr);
        assert.match(ended.stderr, stderr);
      },
      "by a server",
      { seconds: 3 },
    ));
}
