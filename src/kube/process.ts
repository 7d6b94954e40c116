import { settlesWithin } from "../async/timed.ts";
import { joined } from "../text/bytes.ts";
import type { Deadline } from "./deadline.ts";

/** Limits of one process. */
export const defaultProcessLimits = {
  /** Bytes of standard output. */
  stdout: 32 * 1024 * 1024,
  /** Bytes of standard error. kubectl writes a line for each of 1,000 secrets and their namespaces. */
  stderr: 1024 * 1024,
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: 1000,
};

/** Milliseconds for which children of an exited process may hold its pipes before they are killed. */
const PIPE_GRACE = 250;

/** Milliseconds to wait after SIGKILL; a process that hangs in the kernel (on a disk) does not exit. */
const KILL_GRACE = 1000;

/** The most seconds between the deadline of a process and its end, or until it is given up. */
export const ENDING_SECONDS = (2000 + defaultProcessLimits.grace + KILL_GRACE + 2 * PIPE_GRACE) /
  1000;

/** Exit code that stands for a process that was given up. */
const GIVEN_UP = 137;

export interface ProcessResult {
  /** `exit`: by itself; otherwise why we ended it, with the output up to then. */
  readonly ended: "exit" | "deadline" | "too_large";
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  /** The whole environment; nothing is inherited. */
  readonly env: Record<string, string>;
  readonly stdin?: string;
  readonly deadline: Deadline;
  /** @default {@link defaultProcessLimits} */
  readonly limits?: typeof defaultProcessLimits;
  /** Called once, at the first byte of output: the process has started up. */
  readonly onOutput?: () => void;
  /** Called with the process id, which is also its process group's, as soon as it is known. */
  readonly onSpawn?: (pid: number) => void;
}

/** Runs a program to its end. @throws what `Deno.Command#spawn` throws, when it could not be started */
export type RunProcess = (
  program: string,
  args: readonly string[],
  options: ProcessOptions,
) => Promise<ProcessResult>;

/**
 * Wraps {@link RunProcess} so that each process is tracked while it runs.
 * @param track called with the process id; returns a function that is called when the process has ended
 */
export function trackProcesses(
  track: (pid: number) => () => void,
  run: RunProcess = runProcess,
): RunProcess {
  return async (program, args, options) => {
    let untrack = () => {};
    const onSpawn = (pid: number) => {
      options.onSpawn?.(pid);
      untrack = track(pid);
    };
    try {
      return await run(program, args, { ...options, onSpawn });
    } finally {
      untrack();
    }
  };
}

/**
 * Runs a program in a process group of its own and resolves when the last process of the group has
 * exited. An exec plugin of a kubeconfig is a child of kubectl: it survives a signal to kubectl alone
 * and holds the pipe open. At the deadline the group gets SIGTERM, and SIGKILL after the grace period.
 * A process that ignores SIGTERM and exits late with code 0 still counts as `deadline`. A process that
 * survives SIGKILL is no longer waited for.
 *
 * Permissions: `--allow-run` for the program and for `kill`.
 */
export const runProcess: RunProcess = async (program, args, options) => {
  const { deadline, limits = defaultProcessLimits } = options;
  const child = new Deno.Command(program, {
    args: [...args],
    env: options.env,
    clearEnv: true,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();

  options.onSpawn?.(child.pid);
  let ended: ProcessResult["ended"] = "exit";
  let ending: Promise<void> | undefined;
  const group = Promise.withResolvers<void>();
  const givenUp = Promise.withResolvers<void>();
  const end = (why: ProcessResult["ended"]) => {
    if (ending) return;
    ended = why;
    ending = endGroup(child, group.promise, limits.grace);
    ending.then(async () => {
      if (!await settlesWithin(child.status, KILL_GRACE)) givenUp.resolve();
    });
  };
  const onDeadline = () => end("deadline");
  deadline.signal.addEventListener("abort", onDeadline);
  if (deadline.signal.aborted) onDeadline();

  const onOutput = once(options.onOutput);
  const stdout = collect(child.stdout, limits.stdout, onOutput, () => end("too_large"));
  // Output beyond the limit is dropped: the first lines have the reason.
  const stderr = collect(child.stderr, limits.stderr, onOutput, () => {});
  // Written while the output is read: full pipes on both sides would deadlock.
  const feeding = options.stdin === undefined ? undefined : feed(child.stdin, options.stdin);

  const code = await Promise.race([
    child.status.then(({ code }) => code),
    givenUp.promise.then(() => GIVEN_UP),
  ]);
  const pipes = Promise.all([stdout.done, stderr.done, feeding?.done]);
  pipes.then(() => group.resolve());
  if (!ending && !await settlesWithin(pipes, PIPE_GRACE)) {
    ending = endGroup(child, group.promise, limits.grace);
  }
  await ending;
  // A process that left the group keeps the pipe open and does not get our signals.
  if (!await settlesWithin(pipes, PIPE_GRACE)) {
    await Promise.all([stdout.cancel(), stderr.cancel(), feeding?.cancel()]);
  }
  deadline.signal.removeEventListener("abort", onDeadline);
  return { ended, code, stdout: stdout.text(), stderr: stderr.text() };
};

function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  onOutput: () => void,
  onLimit: () => void,
) {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const read = async () => {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      onOutput();
      if (size + value.length > limit) {
        onLimit();
        continue; // keep reading, so that the writer can exit
      }
      size += value.length;
      chunks.push(value);
    }
  };
  return {
    done: read().catch(() => {}),
    text: () => new TextDecoder().decode(joined(chunks)),
    cancel: () => reader.cancel().catch(() => {}),
  };
}

/** Writes the text and closes; it is no error when the process exits before it has read everything. */
function feed(stdin: WritableStream<Uint8Array>, text: string) {
  const writer = stdin.getWriter();
  const cancel = () => writer.abort().catch(() => {});
  const write = async () => {
    try {
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    } catch {
      await cancel();
    }
  };
  return { done: write(), cancel };
}

async function endGroup(
  child: Deno.ChildProcess,
  gone: Promise<void>,
  grace: number,
): Promise<void> {
  await signalGroup(child, "SIGTERM");
  await settlesWithin(gone, grace);
  // Also when the pipes are closed: a process may have closed its own and still run.
  await signalGroup(child, "SIGKILL");
}

/** Never throws: the result of the process is still returned when it cannot be signalled. */
async function signalGroup(
  child: Deno.ChildProcess,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  try {
    Deno.kill(-child.pid, signal);
    return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return; // the group has exited
  }
  try {
    // `--allow-run` with named programs does not cover Deno.kill, but it covers kill(1).
    const { status } = new Deno.Command("kill", {
      args: [`-${signal.slice(3)}`, "--", `-${child.pid}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    if (await settlesWithin(status, KILL_GRACE) && (await status).success) return;
  } catch {
    // kill(1) is missing
  }
  try {
    child.kill(signal); // the process itself, without its children
  } catch {
    // it has exited
  }
}

function once(callback: (() => void) | undefined): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    callback?.();
  };
}
