import { clustersNotSeenIn } from "./look_again.ts";
import { type RotationRefusal, RotationRefused, type UnwritablePlace } from "./refusal.ts";
import type { RotationRequest } from "./request.ts";
import { failuresOf, type Plans } from "./results.ts";
import type { VerifiedPlace } from "./shapes.ts";

/** Why nothing may be written on any cluster, by the plans; `undefined` where it may. */
export function refusalOfPlans(
  { maxFailures, dryRun }: RotationRequest,
  { done, failed }: Plans,
): RotationRefusal | undefined {
  const unread = failuresOf(failed);
  const isFirst = failed.some(({ cluster }) => cluster.isFirst);
  if ((unread.length > maxFailures || isFirst) && !dryRun) {
    return { kind: "clusters_not_seen", notSeen: failed.flatMap(clustersNotSeenIn), isFirst };
  }
  const places = done.flatMap(([{ name: cluster }, { plan }]) =>
    plan.cannotHold.map((each): UnwritablePlace => ({ cluster, ...each }))
  );
  if (places.length > 0) return { kind: "cannot_hold", places };
  const clusters = done.filter(([{ isFirst }, { plan: { toRotate, unchanged } }]) =>
    isFirst && toRotate.length + unchanged.length === 0
  ).map(([{ name }]) => name);
  return clusters.length > 0 ? { kind: "first_not_found", clusters } : undefined;
}

/** @throws {RotationRefused} when a place refuses the new value, or could not verify it and the request requires that */
export function requireAccepted(
  { allowUntried }: RotationRequest,
  tried: readonly VerifiedPlace[],
): void {
  if (tried.some(({ state }) => state === "refused")) {
    throw new RotationRefused({ kind: "refused", tried });
  }
  const isUntried = tried.some(({ state, open }) => state !== "accepted" && !open);
  if (isUntried && !allowUntried) throw new RotationRefused({ kind: "untried", tried });
}
