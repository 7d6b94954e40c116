import type { Deadline } from "../../src/kube/deadline.ts";

/** A deadline that passes on call. */
export function deadlineByHand(seconds: number): Deadline & { pass(): void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    seconds,
    remaining: () => controller.signal.aborted ? 0 : seconds * 1000,
    pass: () => controller.abort(),
  };
}
