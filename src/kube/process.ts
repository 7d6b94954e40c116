import { settlesWithin } from "../async/timed.ts";
import { joined } from "../text/bytes.ts";
import type { Deadline } from "./deadline.ts";

/** What one process may use, unless it is said otherwise. */
export const defaultProcessLimits = {
  /** Bytes of standard output. */
  stdout: 32 * 1024 * 1024,
  /** Bytes of standard error: kubectl writes a line for each of 1,000 secrets and their namespaces. */
  stderr: 1024 * 1024,
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: 1000,
};

/** How long an ended process' children may hold its pipes before they are ended too. */
const PIPE_GRACE = 250;

/** How long one may take to go after SIGKILL; who is held up in the kernel, by a disk, say, stays. */
const KILL_GRACE = 1000;

/** Seconds that it may take beyond its deadline until a process is ended, or given up. */
export const ENDING_SECONDS = (2000 + defaultProcessLimits.grace + KILL_GRACE + 2 * PIPE_GRACE) /
  1000;

/** Exit code of one that was given up. */
const GIVEN_UP = 137;

export interface ProcessResult {
  /** `exit`: by itself; else why we ended it. Output is what had come by then. */
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
  /** Called once, at the first byte of output: the start is over. */
  readonly onOutput?: () => void;
  /** Called with the id of the process, which is that of its group too, as soon as it is there. */
  readonly onSpawn?: (pid: number) => void;
}

/** Runs a program to its end. @throws only when it was not started: what `Deno.Command#spawn` does */
export type RunProcess = (
  program: string,
  args: readonly string[],
  options: ProcessOptions,
) => Promise<ProcessResult>;

/**
 * The same, with each process noted as long as it runs.
 * @param note called with its id; what it gives is called when it has ended
 */
export function noting(
  note: (pid: number) => () => void,
  run: RunProcess = runProcess,
): RunProcess {
  return async (program, args, options) => {
    let crossOut = () => {};
    const onSpawn = (pid: number) => {
      options.onSpawn?.(pid);
      crossOut = note(pid);
    };
    try {
      return await run(program, args, { ...options, onSpawn });
    } finally {
      crossOut();
    }
  };
}

/**
 * Runs a program in a process group of its own and resolves when the last process of that group
 * has gone: an exec plugin of a kubeconfig is a child of kubectl, outlives a signal to kubectl
 * alone, and holds the pipe open. At the deadline the group gets SIGTERM, and SIGKILL after the
 * grace. Whoever ignores the first and leaves with code 0 late is still `deadline`; who is there even
 * after the second is waited for no longer.
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
  // What it has to say is in the first lines.
  const stderr = collect(child.stderr, limits.stderr, onOutput, () => {});
  // Fed while the output is read: a full pipe on both sides would block for ever.
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
  // A process that left the group keeps the pipe open whatever we signal.
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
        continue; // read on, so that the writer can end
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

/** Writes and closes; a process that ends before it has read everything is no error here. */
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
  // Also when the pipes are closed: somebody may have closed his and live on.
  await signalGroup(child, "SIGKILL");
}

/** Never throws: what could not be ended is no reason to forget what was started. */
async function signalGroup(
  child: Deno.ChildProcess,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  try {
    Deno.kill(-child.pid, signal);
    return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return; // the group has gone
  }
  try {
    // A permission for named programs does not cover Deno.kill, but it does cover kill(1).
    const { status } = new Deno.Command("kill", {
      args: [`-${signal.slice(3)}`, "--", `-${child.pid}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    if (await settlesWithin(status, KILL_GRACE) && (await status).success) return;
  } catch {
    // no kill(1) here
  }
  try {
    child.kill(signal); // the process itself, without its children
  } catch {
    // it has gone
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
