import type { EmulatedRequest, Fault } from "../../src/emulator/emulator.ts";

/** What a flapping cluster does for a while. */
export interface Mood {
  readonly seconds: number;
  /** Whether connections are refused. */
  readonly refuses?: boolean;
  readonly fault?: (request: EmulatedRequest) => Fault | undefined;
}

const GOOD: Mood = { seconds: 2 };

const every = (n: number, fault: Fault): Mood["fault"] => ({ count }) =>
  count % n === 0 ? fault : undefined;

/**
 * One after another, again and again. Some hit every request, some every few, so that a write fails
 * in its middle too. What is slow stays under half a second: a program that has given a write up
 * looks once more after that whether it was carried out late.
 */
export const MOODS: readonly Mood[] = [
  GOOD,
  { seconds: 1.5, refuses: true },
  GOOD,
  { seconds: 2, fault: every(3, { kind: "cut", after: false }) },
  { seconds: 2, fault: every(3, { kind: "cut", after: true }) },
  GOOD,
  { seconds: 1, fault: () => ({ kind: "status", code: 503, reason: "ServiceUnavailable" }) },
  { seconds: 2, fault: every(5, { kind: "status", code: 500, reason: "InternalError" }) },
  { seconds: 2, fault: () => ({ kind: "delay", milliseconds: 200 }) },
  {
    seconds: 1,
    fault: every(4, { kind: "status", code: 429, reason: "TooManyRequests", retryAfter: 1 }),
  },
  { seconds: 1.5, fault: every(2, { kind: "hang" }) },
];
