import { notSeenOf } from "./look_again.ts";
import { type CannotHold, type Refusal, RotationRefused } from "./refusal.ts";
import type { RotationRequest } from "./request.ts";
import { failuresOf, type Plans } from "./results.ts";
import type { TriedPlace } from "./shapes.ts";

/** Why nothing is to be written anywhere, before anything is tried. */
export function whyNot(
  { maxFailures, dryRun }: RotationRequest,
  { done, failed }: Plans,
): Refusal | undefined {
  const unread = failuresOf(failed);
  const isTooMany = unread.length > maxFailures || failed.some(({ cluster }) => cluster.isFirst);
  if (isTooMany && !dryRun) {
    return { kind: "clusters_not_seen", notSeen: failed.flatMap(notSeenOf) };
  }
  const places = done.flatMap(([{ name: cluster }, { plan }]) =>
    plan.cannotHold.map((each): CannotHold => ({ cluster, ...each }))
  );
  if (places.length > 0) return { kind: "cannot_hold", places };
  const clusters = done.filter(([{ isFirst }, { plan: { toRotate, unchanged } }]) =>
    isFirst && toRotate.length + unchanged.length === 0
  ).map(([{ name }]) => name);
  return clusters.length > 0 ? { kind: "first_not_found", clusters } : undefined;
}

/** @throws {RotationRefused} where the new value is not accepted at each place */
export function refuseTried({ allowUntried }: RotationRequest, tried: readonly TriedPlace[]): void {
  if (tried.some(({ state }) => state === "refused")) {
    throw new RotationRefused({ kind: "refused", tried });
  }
  const isUntried = tried.some(({ state, open }) => state !== "accepted" && !open);
  if (isUntried && !allowUntried) throw new RotationRefused({ kind: "untried", tried });
}
