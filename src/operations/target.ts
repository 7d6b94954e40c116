import { parseLabelSelector } from "../kube/label_selector.ts";
import type { AskedSelection, ClusterCall, EachClusterCall, ParsedCall } from "./operation.ts";
import type { Part } from "./request_kinds.ts";

/** The one cluster of a request, or its selection. */
export type Target = string | AskedSelection;

/** Its fields, as in `schemas/selection.ts`. */
export interface GivenTarget {
  readonly cluster?: string | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly cluster_selector?: string | undefined;
  readonly first?: readonly string[] | undefined;
  readonly max_failures?: number | undefined;
}

/** @param part where the request has the fields */
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

/** @param part where the request has the fields */
export function targetOf(given: GivenTarget, part: Part): Target {
  return given.cluster ?? askedSelection(given, part);
}

/**
 * A call on the one cluster, or on each selected cluster separately.
 * @param more of a call on several clusters
 */
export function onEach(
  target: Target,
  of: (cluster: string) => ClusterCall,
  more: Pick<EachClusterCall, "byArgocd"> = {},
): ParsedCall {
  return typeof target === "string" ? of(target) : { selection: target, of, ...more };
}
