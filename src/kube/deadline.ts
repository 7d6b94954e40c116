/** A point in time shared by everything that is done for one request. */
export interface Deadline {
  /** Aborted when the deadline passes. */
  readonly signal: AbortSignal;
  /** The whole time given, in seconds, as it is named to the user. */
  readonly seconds: number;
  /** Milliseconds left, 0 when it has passed. */
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
 * What `promise` gives, or at the deadline an error, whether or not the promise settles then. For
 * waits that a library or the system would have to end: it may never do so.
 * @throws what `late` makes when the deadline passes first
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
