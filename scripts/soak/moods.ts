import type { EmulatedFault, EmulatedRequest } from "../../src/emulator/emulator.ts";

/** A temporary behaviour of a flapping cluster. */
export interface Mood {
  readonly seconds: number;
  /** Whether connections are refused. */
  readonly refuses?: boolean;
  readonly fault?: (request: EmulatedRequest) => EmulatedFault | undefined;
}

const GOOD: Mood = { seconds: 2 };

const every = (n: number, fault: EmulatedFault): Mood["fault"] => ({ count }) =>
  count % n === 0 ? fault : undefined;

/**
 * The moods, in a loop. Some affect every request, some every few, so that writes also fail in the middle.
 * Delays are under half a second: after a write that timed out, the program checks once more whether it was
 * carried out late.
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
