import { parseLabelSelector } from "../kube/label_selector.ts";
import type { AskedSelection, Taken, TakenOfCluster } from "./operation.ts";
import type { Part } from "./request_kinds.ts";

/** The one cluster of a request, or its selection. */
export type Target = string | AskedSelection;

/** What is given of it, by the fields of `schemas/selection.ts`. */
export interface GivenTarget {
  readonly cluster?: string | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly cluster_selector?: string | undefined;
  readonly first?: readonly string[] | undefined;
  readonly max_failures?: number | undefined;
}

/** @param part where the fields stand */
export function askedSelection(
  { clusters = [], cluster_selector, first = [], max_failures: maxFailures }: Omit<
    GivenTarget,
    "cluster"
  >,
  part: Part,
): AskedSelection {
  const selector = cluster_selector === undefined
    ? undefined
    : parseLabelSelector(cluster_selector);
  return { part, clusters, selector, first, maxFailures };
}

/** @param part where the fields stand */
export function targetOf(given: GivenTarget, part: Part): Target {
  return given.cluster ?? askedSelection(given, part);
}

/** A call of what is done on one cluster: on that one, or on each of the selection by itself. */
export function onEach(target: Target, of: (cluster: string) => TakenOfCluster): Taken {
  return typeof target === "string" ? of(target) : { selection: target, of };
}
