import assert from "node:assert/strict";
import { makeCanary } from "../support/canary.ts";
import { eachOf, onStage, type Stage } from "./credentials_support.ts";
import { forgetGone, NEW, OLD, ROTATE, store, stored, untriable } from "./rotate_support.ts";
import { script, sit, type Typed } from "./sit.ts";

/** `rotate` in a terminal: the plan, the prompt and the result. */

function terminalTest(
  sentence: string,
  act: (stage: Stage & { readonly fresh: string }) => Promise<void>,
): void {
  const fn = () =>
    onStage(async (stage) => {
      const fresh = makeCanary();
      await store(stage, fresh.value);
      await forgetGone(stage);
      await act({ ...stage, fresh: fresh.value });
    });
  Deno.test({ name: sentence, ignore: script === undefined, fn });
}

const ALL = ["--all-clusters"];

/** Runs the program in a terminal, and checks that no value is shown. */
async function sat(stage: Stage & { readonly fresh: string }, args: string[], typed: Typed[]) {
  const ended = await sit(stage.folder.path, args, typed);
  for (const value of [stage.canary.value, stage.fresh]) {
    assert.ok(!ended.seen.includes(value), ended.seen);
  }
  return ended;
}

const PLAN =
  "^CLUSTER +SECRET +KEYS +RESULT\r\n(one|two) +[^]*two +team-a/ghcr +[^\r]*to be replaced\r\n";
const QUESTION = new RegExp(`${PLAN}[^]*Rotate 5 secrets on 2 clusters\\? \\[y/N\\] $`);

terminalTest(
  "the plan is shown, and a yes runs it, with one line for each cluster",
  async (stage) => {
    const { code, seen } = await sat(stage, [...ROTATE, ...ALL], [[QUESTION, "y\n"]]);
    assert.equal(code, 0, seen);
    assert.match(seen, /^one: rotated: 2 secrets\r$/m);
    assert.match(seen, /^two: rotated: 3 secrets\r$/m);
    assert.match(seen, /^Safe to revoke the old value: /m);
    assert.match(seen, /^To roll back: /m);
    assert.deepEqual(stored(stage), Array(5).fill(stage.fresh));
  },
);

const NOS = ["n\n", "\n", "yesterday\n", "\x04"];

terminalTest("any answer but yes changes nothing", async (stage) => {
  await eachOf(NOS, async (answer) => {
    const { code, seen } = await sat(stage, [...ROTATE, ...ALL], [[QUESTION, answer]]);
    assert.equal(code, 1, seen);
    assert.match(seen, /^Nothing was rotated\r$/m);
  });
  assert.deepEqual(stored(stage), Array(5).fill(stage.canary.value));
});

terminalTest("both values are prompted for, and not echoed", async (stage) => {
  const args = ["rotate", "--old-password-stdin", "--no-verify", ...ALL, "--yes"];
  const { code, seen, echoes } = await sat(stage, args, [
    [/^Old password: $/, `${stage.canary.value}\n`],
    [/New password: $/, `${stage.fresh}\n`],
  ]);
  assert.deepEqual([code, echoes], [0, true], seen);
  assert.deepEqual(stored(stage), Array(5).fill(stage.fresh));
});

terminalTest(
  "rotate prompts even if nothing would be written, and runs after a yes",
  async (stage) => {
    const { folder } = stage;
    await folder.write("another", "another-value-4711\n");
    const args = ["rotate", "--old-password-file", "another", ...NEW, "--no-verify", ...ALL];
    const question = /^Nothing to rotate: [^]*Run it anyway[^\n]*\? \[y\/N\] $/m;
    const no = await sat(stage, args, [[question, "n\n"]]);
    assert.equal(no.code, 1, no.seen);
    assert.doesNotMatch(no.seen, /never_found/);
    const { code, seen } = await sat(stage, args, [[question, "y\n"]]);
    assert.equal(code, 3, seen);
    assert.match(seen, /^ {2}never_found: /m);
  },
);

terminalTest("a rotation that would be rejected is reported without a prompt", async (stage) => {
  stage.emulators.two.cluster.put(untriable(stage));
  const tried = await sat(stage, ["rotate", ...OLD, ...NEW, ...ALL], []);
  assert.equal(tried.code, 1, tried.seen);
  assert.match(
    tried.seen,
    /^error: The new value cannot be verified at [^\r]*Give --allow-untried/m,
  );
  assert.match(tried.seen, /\. Nothing was rotated\r$/m);
  assert.deepEqual(stored(stage), Array(5).fill(stage.canary.value));
});

terminalTest("rotate does not prompt with --yes or in a dry run", async (stage) => {
  const dry = await sat(stage, [...ROTATE, ...ALL, "--dry-run"], []);
  assert.deepEqual([dry.code, /y\/N/.test(dry.seen)], [0, false], dry.seen);
  assert.deepEqual(stored(stage), Array(5).fill(stage.canary.value));
  const { code, seen } = await sat(
    stage,
    ["rotate", ...OLD, ...NEW, "--no-verify", ...ALL, "-y"],
    [],
  );
  assert.deepEqual([code, /y\/N/.test(seen)], [0, false], seen);
});

terminalTest("Ctrl-C at the prompt changes nothing", async (stage) => {
  const { code, seen, echoes } = await sat(stage, [...ROTATE, ...ALL], [[QUESTION, "\x03"]]);
  assert.deepEqual([code, echoes], [130, true], seen);
  assert.deepEqual(stored(stage), Array(5).fill(stage.canary.value));
});
