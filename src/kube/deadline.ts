/** The point in time at which all work for one request ends. */
export interface Deadline {
  /** Aborted when the deadline passes. */
  readonly signal: AbortSignal;
  /** The whole timeout in seconds, as shown to the user. */
  readonly seconds: number;
  /** Milliseconds left; 0 when the deadline has passed. */
  remaining(): number;
}

/** A deadline `seconds` from now. Its timer does not keep the process alive. */
export function deadlineIn(seconds: number): Deadline {
  const end = performance.now() + seconds * 1000;
  const signal = AbortSignal.timeout(Math.max(1, Math.round(seconds * 1000)));
  return { signal, seconds, remaining: () => Math.max(0, end - performance.now()) };
}

/** Resolves after `milliseconds`, or at the deadline if that comes first. */
export type Pause = (milliseconds: number, deadline: Deadline) => Promise<void>;

export const pause: Pause = (milliseconds, deadline) => {
  if (deadline.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      deadline.signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    deadline.signal.addEventListener("abort", done);
  });
};

/**
 * Resolves like `promise`, but rejects at the deadline. Use it for waits that only a library or the
 * operating system could end, which may never happen.
 * @throws the error from `late` when the deadline passes first
 */
export function inTime<T>(
  promise: Promise<T>,
  deadline: Pick<Deadline, "signal">,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(late());
    if (deadline.signal.aborted) onAbort();
    deadline.signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject)
      .finally(() => deadline.signal.removeEventListener("abort", onAbort));
  });
}
