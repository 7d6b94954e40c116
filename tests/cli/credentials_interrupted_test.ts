import assert from "node:assert/strict";
import type { EmulatedFault } from "../../src/emulator/emulator.ts";
import {
  onStage,
  programCommand,
  type Stage,
  storedPassword,
  TOKEN_ENV,
} from "./credentials_support.ts";

/** A signal while something is done. */

/** A command, and when it has begun to write, which takes a while. */
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
  Deno.test(`${signal} lets a write that has begun end`, () =>
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

Deno.test("a second signal ends it at once", () =>
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

Deno.test("clusters that have not begun are left alone, and that is said", () =>
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

/** A command, and when the second cluster has been asked, which does not answer. */
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

/** What it says when it gets a signal while the second cluster hangs. */
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
  Deno.test(`${signal} ends a read at once, says what was not finished, and is exit code ${code}`, () =>
    onStage(async (stage) => {
      const ended = await interrupted(stage, ["secrets", "--cluster", "two,gone"], signal);
      assert.deepEqual(ended.code, code);
      assert.equal(ended.stdout, "");
      // Whether the other one has ended before is not known.
      assert.match(
        ended.stderr,
        /^(gone: failed: .*\n1 cluster failed; 1 not finished\nTo retry the failed clusters: --cluster gone\nTo retry the unfinished clusters: --cluster two|2 clusters not finished\nTo retry the unfinished clusters: --cluster two,gone)\n$/,
      );
    }));
}

Deno.test("of one cluster alone it is an error", () =>
  onStage(async (stage) => {
    assert.deepEqual(await interrupted(stage, ["secrets", "two"], "SIGINT"), {
      code: 130,
      stdout: "",
      stderr: "error: Interrupted before the response arrived\n",
    });
  }));

Deno.test("a dry run changes nothing, so that it is not waited for", () =>
  onStage(async (stage) => {
    const ended = await interrupted(stage, [...add("two"), "--dry-run=server"], "SIGINT");
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /^skipped|^error: Interrupted before the response arrived$/m);
  }));

/** How a server goes on with a write that nobody waits for. */
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
  Deno.test(`a server goes on with a write on ${clusters}, which is said, and nobody waits for it`, () =>
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
