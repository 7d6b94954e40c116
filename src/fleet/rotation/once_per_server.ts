import type { RotationPlan } from "../../credentials/rotation/plan.ts";
import { refKey, type SecretRef } from "../../kube/store.ts";
import type { Plans } from "./results.ts";

/**
 * Plans each pull secret once. Several clusters with one API server (each with its own Argo CD namespace) have the same
 * pull secrets, which are planned for a cluster that goes first, otherwise for the first name.
 */
export function oncePerServer({ done, failed }: Plans): Plans {
  const taken = new Map<string, Set<string>>();
  const plans = new Map<string, RotationPlan>();
  for (const [{ name, server }, { plan }] of done.toSorted(([a], [b]) => rank(a) - rank(b))) {
    const others = taken.get(server) ?? new Set();
    plans.set(name, without(others, plan));
    taken.set(server, new Set([...others, ...refsOf(plan)]));
  }
  return {
    done: done.map(([cluster, each]) => [cluster, { ...each, plan: plans.get(cluster.name)! }]),
    failed,
  };
}

const rank = ({ isFirst }: Plans["done"][number][0]) => isFirst ? 0 : 1;

/** All secrets in a plan. */
function refsOf({ toRotate, unchanged, left, cannotHold, places }: RotationPlan): string[] {
  const refs: SecretRef[] = [
    ...toRotate.map(({ secret }) => secret),
    ...unchanged,
    ...left,
    ...cannotHold,
    ...places,
  ];
  return refs.map(refKey);
}

function without(taken: ReadonlySet<string>, plan: RotationPlan): RotationPlan {
  if (taken.size === 0) return plan;
  const others = <Each extends SecretRef>(of: readonly Each[]) =>
    of.filter((each) => !taken.has(refKey(each)));
  const toRotate = plan.toRotate.filter(({ secret }) => !taken.has(refKey(secret)));
  const unchanged = others(plan.unchanged);
  return {
    status: toRotate.length > 0 ? "rotates" : unchanged.length > 0 ? "unchanged" : "not_found",
    toRotate,
    unchanged,
    left: others(plan.left),
    cannotHold: others(plan.cannotHold),
    places: others(plan.places),
    oldValues: plan.oldValues,
  };
}
