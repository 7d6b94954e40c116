import { NoAnswer } from "./no_answer.ts";

/** The time that one verification has. */
export interface Clock {
  /** Aborted when the time is over, or nobody waits any longer. */
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
  /** Why what was under way has ended. */
  ended(): NoAnswer;
  /** The promise's value, unless the time is over before. */
  inTime<T>(promise: Promise<T>): Promise<T>;
  /** Ends what is still under way. */
  stop(): void;
}

/** @param given aborted when nobody waits any longer */
export function startClock(seconds: number, given?: AbortSignal): Clock {
  const end = performance.now() + seconds * 1000;
  const controller = new AbortController();
  const { signal } = controller;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    controller.abort();
  }, seconds * 1000);
  const stop = () => {
    clearTimeout(timer);
    given?.removeEventListener("abort", stop);
    controller.abort();
  };
  given?.addEventListener("abort", stop);
  if (given?.aborted) stop();
  const ended = () =>
    new NoAnswer(isLate ? `no answer came within ${inWords(seconds)}` : "nobody waits for it");
  return {
    signal,
    remaining: () => Math.max(0, end - performance.now()),
    ended,
    stop,
    inTime(promise) {
      return new Promise((resolve, reject) => {
        const late = () => reject(ended());
        if (signal.aborted) late();
        signal.addEventListener("abort", late);
        promise.then(resolve, reject)
          .finally(() => signal.removeEventListener("abort", late));
      });
    },
  };
}

function inWords(seconds: number): string {
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}
