import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { deadlineIn } from "./deadline.ts";
import { defaultProcessLimits, runProcess } from "./process.ts";

const env = { PATH: Deno.env.get("PATH") ?? "" };

const sh = (script: string, seconds = 20, options: { stdin?: string; grace?: number } = {}) =>
  runProcess("sh", ["-c", script], {
    env,
    stdin: options.stdin,
    deadline: deadlineIn(seconds),
    limits: { ...defaultProcessLimits, grace: options.grace ?? 300, stdout: 1_000_000 },
  });

/** Whether a `sleep` with this marker in its command line is running. */
function running(marker: string): boolean {
  return [...Deno.readDirSync("/proc")].some(({ name }) => {
    if (!/^[0-9]+$/.test(name)) return false;
    try {
      const [program, argument] = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      return program === "sleep" && argument === marker;
    } catch {
      return false; // it has exited meanwhile
    }
  });
}

/** Whether it exits within a second: SIGKILL is sent, but not waited for. */
async function gone(marker: string): Promise<boolean> {
  for (let i = 0; i < 50 && running(marker); i++) await new Promise((r) => setTimeout(r, 20));
  return !running(marker);
}

/** Runs a script whose deadline passes as soon as its `sleep` with this marker is running. */
async function cutOff(marker: string, script: string) {
  using clock = fakeClock();
  const seconds = 20;
  let isOver = false;
  const ending = sh(script, seconds).finally(() => isOver = true);
  while (!running(marker) && !isOver) await clock.settle();
  await clock.advance(seconds * 1000);
  // Plus the grace period after SIGTERM.
  for (let i = 0; !isOver; i++) {
    assert.ok(i < 1000, "it did not end at its deadline");
    await clock.settle();
    await clock.advance(100);
  }
  return await ending;
}

/** A unique number of seconds for `sleep`. */
const marker = () => `3${Math.floor(Math.random() * 1e6)}.5`;

Deno.test("output, errors and the exit code are returned", async () => {
  const result = await sh("echo out; echo err >&2; exit 3");
  assert.deepEqual(result, { ended: "exit", code: 3, stdout: "out\n", stderr: "err\n" });
});

Deno.test("only the given environment is passed on", async () => {
  Deno.env.set("ARGOCD_CONFIGURER_SECRET_OF_OURS", "canary");
  const result = await sh("env");
  Deno.env.delete("ARGOCD_CONFIGURER_SECRET_OF_OURS");
  assert.ok(!result.stdout.includes("canary"), result.stdout);
});

Deno.test("a large input is written while the output is read", async () => {
  const stdin = "x".repeat(900_000);
  const result = await sh("cat", 20, { stdin });
  assert.equal(result.stdout.length, stdin.length);
});

Deno.test("a program that does not read its input is no error", async () => {
  const result = await sh("exit 0", 20, { stdin: "x".repeat(900_000) });
  assert.equal(result.code, 0);
});

Deno.test("the deadline terminates the whole process group, even one that ignores SIGTERM", async () => {
  const seconds = marker();
  const result = await cutOff(
    seconds,
    `trap '' TERM; (trap '' TERM; sleep ${seconds}) & sleep ${seconds}; exit 0`,
  );
  assert.equal(result.ended, "deadline");
  assert.ok(await gone(seconds));
});

Deno.test("a child that closed its pipes does not survive the deadline", async () => {
  const seconds = marker();
  const result = await cutOff(
    seconds,
    `(sleep ${seconds} >/dev/null 2>&1 </dev/null) & sleep ${seconds}`,
  );
  assert.equal(result.ended, "deadline");
  assert.ok(await gone(seconds));
});

Deno.test("an exit with code 0 after the deadline is still a deadline", async () => {
  const result = await sh(
    "trap 'sleep 0.1; echo late; exit 0' TERM; while :; do sleep 0.05; done",
    0.3,
  );
  assert.equal(result.ended, "deadline");
});

Deno.test("a grandchild that holds the pipe does not delay the result", async () => {
  const seconds = marker();
  const started = performance.now();
  const result = await sh(`echo out; sleep ${seconds} & exit 0`, 20, { grace: 100 });
  assert.equal(result.ended, "exit");
  assert.equal(result.stdout, "out\n");
  assert.ok(performance.now() - started < 10_000);
  assert.ok(await gone(seconds));
});

Deno.test("output over the limit ends the process", async () => {
  const result = await sh("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
  assert.equal(result.ended, "too_large");
  assert.ok(result.stdout.length <= 1_000_000);
});

Deno.test("a process that is started after its deadline is terminated immediately", async () => {
  const deadline = deadlineIn(0.001);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const result = await runProcess("sleep", ["30"], { env, deadline });
  assert.equal(result.ended, "deadline");
});

Deno.test("a missing program throws NotFound", async () => {
  await assert.rejects(
    runProcess("no-such-program-anywhere", [], { env, deadline: deadlineIn(5) }),
    Deno.errors.NotFound,
  );
});

Deno.test("without permission to run kill(1), the process itself is terminated, and it is still a deadline", async () => {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  const modules = [import.meta.resolve("./process.ts"), import.meta.resolve("./deadline.ts")];
  await Deno.writeTextFile(
    script,
    `import { runProcess } from "${modules[0]}";
    import { deadlineIn } from "${modules[1]}";
    const result = await runProcess("sleep", ["20"], { env: {}, deadline: deadlineIn(0.2) });
    console.log(result.ended);`,
  );
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-run=sleep", script],
      stderr: "null",
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "deadline");
  } finally {
    await Deno.remove(script);
  }
});

Deno.test("a process that survives SIGKILL is abandoned, and it is still a deadline", async () => {
  const mark = marker();
  const kill = Deno.kill;
  let pid = 0;
  // Like a process that hangs in the kernel: signals have no effect.
  Deno.kill = (group) => void (pid = -group);
  let result;
  try {
    result = await cutOff(mark, `exec sleep ${mark}`);
  } finally {
    Deno.kill = kill;
  }
  assert.equal(result.ended, "deadline");
  assert.notEqual(result.code, 0);
  assert.ok(running(mark));
  kill(-pid, "SIGKILL");
  assert.ok(await gone(mark));
});
