import assert from "node:assert/strict";
import { onPath, realWorld } from "../../scripts/control_plane/cache.ts";
import {
  eachOf,
  onStage,
  programCommand,
  type Stage,
  storedPassword,
} from "./credentials_support.ts";

/** Where somebody sits before a terminal. */

/** Makes one. Others than Linux's differ. */
const script = Deno.build.os === "linux" ? await onPath("script", realWorld) : undefined;

interface Sat {
  readonly code: number;
  /** All that was to be seen. */
  readonly seen: string;
  /** Whether the terminal shows again what is typed. */
  readonly echoes: boolean;
}

/**
 * Runs the program in a terminal.
 * @param typed what is typed when that is seen, one after the other
 */
async function sit(
  { folder: { path } }: Stage,
  args: readonly string[],
  typed: readonly (readonly [when: RegExp, keys: string])[],
): Promise<Sat> {
  const quoted = programCommand(args).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const shell = `${quoted.join(" ")}; code=$?; stty -a; echo "code $code."`;
  const child = new Deno.Command(script!, {
    args: ["-qec", shell, "/dev/null"],
    cwd: path,
    env: { NO_COLOR: "1", TERM: "xterm" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const left = [...typed];
  let seen = "";
  let looked = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    seen += text;
    const [next] = left;
    if (next === undefined || !next[0].test(seen.slice(looked))) continue;
    looked = seen.length;
    left.shift();
    await keyboard.write(new TextEncoder().encode(next[1]));
  }
  await keyboard.close().catch(() => {});
  await child.status;
  const [, code] = /code (\d+)\./.exec(seen) ?? [];
  assert.notEqual(code, undefined, seen);
  return { code: Number(code), seen, echoes: /(?<![-\w])echo\b/.test(seen) };
}

function terminalTest(sentence: string, test: (stage: Stage) => Promise<void>): void {
  Deno.test({ name: sentence, ignore: script === undefined, fn: () => onStage(test) });
}

const ADD = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "somebody"],
  ...["--namespaces", "team-a"],
];

terminalTest("a password that is missing is asked for, and not shown", async (stage) => {
  const { canary, emulators: { one } } = stage;
  const keys = `${canary.value}x\x7f\r`;
  const sat = await sit(stage, ADD, [[/Password of somebody for ghcr\.io: $/, keys]]);
  assert.deepEqual([sat.code, sat.echoes], [0, true], sat.seen);
  canary.absentFrom(sat.seen, "the terminal");
  assert.equal(storedPassword(one, "team-a", "n"), canary.value);
});

terminalTest("so is one that standard input was to give", async (stage) => {
  const { canary, emulators: { one } } = stage;
  const typed = [[/^password: $/, `${canary.value}\n`]] as const;
  const sat = await sit(stage, [...ADD, "--password-stdin"], typed);
  assert.deepEqual([sat.code, sat.echoes], [0, true], sat.seen);
  canary.absentFrom(sat.seen, "the terminal");
  assert.equal(storedPassword(one, "team-a", "n"), canary.value);
});

terminalTest("Ctrl-C at the question ends it, and the terminal is as before", async (stage) => {
  const sat = await sit(stage, ADD, [[/Password of/, "half\x03"]]);
  assert.deepEqual([sat.code, sat.echoes], [1, true], sat.seen);
  assert.match(sat.seen, /error: Given up/);
  assert.doesNotMatch(sat.seen, /half/);
  assert.deepEqual(stage.emulators.one.requests, []);
});

terminalTest("who has forgotten the user is not asked for a password", async (stage) => {
  const sat = await sit(stage, ["docker", "add", "--cluster", "one", "--name", "n"], []);
  assert.equal(sat.code, 2, sat.seen);
  assert.match(sat.seen, /error: Missing a password/);
});

/** What is answered, and whether it is deleted then. */
const ANSWERS: [answer: string, isDeleted: boolean][] = [
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["yesterday\n", false],
  ["\x04", false],
];

terminalTest("delete asks first, and only a yes deletes", async (stage) => {
  const { canary, run, emulators: { one } } = stage;
  await eachOf([...ANSWERS.entries()], async ([i, [answer, isDeleted]]) => {
    const name = `n${i}`;
    const args = ADD.map((word) => word === "n" ? name : word);
    const added = await run([...args, "--password-stdin"], { stdin: canary.value });
    assert.equal(added.code, 0, added.stderr);
    const question = /Delete secret 'n\d' from all its namespaces of one\? \[y\/N\] $/;
    const sat = await sit(stage, ["delete", "one", name], [[question, answer]]);
    assert.equal(sat.code, isDeleted ? 0 : 1, sat.seen);
    assert.equal(one.cluster.secret("team-a", name) === undefined, isDeleted, answer);
  });
});

terminalTest("delete does not ask with --yes, nor for a dry run", async (stage) => {
  const { canary, run, emulators: { one } } = stage;
  const added = await run([...ADD, "--password-stdin"], { stdin: canary.value });
  assert.equal(added.code, 0, added.stderr);
  for (const flag of ["--dry-run=server", "--dry-run=client"]) {
    assert.equal((await sit(stage, ["delete", "one", "n", flag], [])).code, 0);
    assert.notEqual(one.cluster.secret("team-a", "n"), undefined);
  }
  assert.equal((await sit(stage, ["delete", "n", "--cluster", "one", "-y"], [])).code, 0);
  assert.equal(one.cluster.secret("team-a", "n"), undefined);
});
