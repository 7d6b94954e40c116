import { NoAnswer } from "./no_answer.ts";

/** The time limit of one verification. */
export interface Clock {
  /** Aborted on timeout, or when the caller is gone. */
  readonly signal: AbortSignal;
  /** The remaining milliseconds. */
  remaining(): number;
  /** The reason why the signal was aborted. */
  ended(): NoAnswer;
  /** The promise's value; rejects on timeout. */
  inTime<T>(promise: Promise<T>): Promise<T>;
  /** Aborts whatever is still running. */
  stop(): void;
}

/** @param given aborted when the caller is gone */
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
    new NoAnswer(isLate ? `timeout after ${inWords(seconds)}` : "the caller is gone");
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
