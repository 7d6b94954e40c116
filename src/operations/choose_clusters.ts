import type { ChooseOptions, ChosenCluster } from "../clusters/choose.ts";
import { Selection } from "../clusters/selection.ts";
import type { AllClusters, SelectedCluster } from "../fleet/each.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { clusterError } from "./cluster_errors.ts";
import { OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import type { AskedSelection, Clusters } from "./operation.ts";
import { NO_CLUSTERS, type Part } from "./request_kinds.ts";

/** The selected clusters, before any kubeconfig is read. */
export interface ResolvedSelection {
  /** At least one name, sorted. */
  readonly names: readonly string[];
  /** Reads the kubeconfigs; names with the same API server become one cluster. Sorted by name. */
  choose(options?: ChooseOptions): Promise<readonly SelectedCluster[]>;
}

/**
 * Resolves a selection among the clusters that the caller may see, without connecting to any.
 * @throws {OperationError} 403 for a name outside the token's clusters; 400 for a name or pattern that
 * matches none, and for an empty result; 500 if labels are needed and cannot be read
 */
export async function chooseClusters(
  asked: AskedSelection,
  identity: Identity,
  clusters: Pick<Clusters, "list" | "choose">,
): Promise<ResolvedSelection> {
  const { part, first: firstItems } = asked;
  const { meant } = await meantClusters(asked, identity, clusters);
  const first = new Selection(firstItems);
  checkSelection(first, meant, identity, { part, field: "first" });
  const isFirst = ({ name, sameServerAs }: ChosenCluster) =>
    firstItems.length > 0 && [name, ...sameServerAs].some((each) => first.has(each));
  return {
    names: meant,
    async choose(options) {
      const chosen = await clusters.choose(meant, options);
      return chosen.map((each) => ({ ...each, isFirst: isFirst(each) }));
    },
  };
}

/**
 * All clusters that the caller may see, and whether there may be others. Each API server appears once per
 * namespace of Argo CD.
 */
export async function allClusters(
  identity: Identity,
  clusters: Pick<Clusters, "list" | "choose">,
): Promise<AllClusters> {
  const names = (await clusters.list()).clusters.map(({ name }) => name);
  const visible = names.filter((name) => mayUseCluster(identity, name));
  const chosen = await clusters.choose(visible, { byArgocd: true });
  return {
    clusters: chosen.map((each) => ({ ...each, isFirst: false })),
    isLimited: identity.clusters !== undefined,
  };
}

/**
 * The names that are selected, and all that the caller may see; names with the same API server are all listed.
 * @param mayBeNone whether an empty selection may have an empty result
 * @throws {OperationError} see {@link chooseClusters}
 */
export async function meantClusters(
  { part, clusters: items, selector }: Omit<AskedSelection, "first" | "maxFailures">,
  identity: Identity,
  clusters: Pick<Clusters, "list">,
  mayBeNone = false,
): Promise<{ readonly visible: readonly string[]; readonly meant: readonly string[] }> {
  const { clusters: listed, labelsProblem } = await clusters.list();
  const visible = listed.filter(({ name }) => mayUseCluster(identity, name));
  const selection = new Selection(items);
  const names = visible.map(({ name }) => name);
  const isAny = mayBeNone && items.length === 0 && selector === undefined;
  if (names.length === 0 && selection.names.length === 0 && !isAny) {
    throw noneVisible(identity, selector !== undefined, part);
  }
  checkSelection(selection, names, identity, { part, field: "clusters" });
  if (selector !== undefined && labelsProblem !== undefined) {
    throw clusterError(labelsProblem, { why: labelsProblem.message });
  }
  const meant = visible
    .filter(({ name, labels }) => selection.has(name) && (selector?.(labels) ?? true))
    .map(({ name }) => name);
  if (meant.length === 0 && !isAny) throw noneMeant(items, selector !== undefined, part);
  return { visible: names, meant };
}

/**
 * @param names that can be selected
 * @throws {OperationError} for a name that the token may not use, or an item that matches nothing
 */
function checkSelection(
  selection: Selection,
  names: readonly string[],
  identity: Identity,
  { part, field }: { readonly part: Part; readonly field: "clusters" | "first" },
): void {
  const outside = selection.names.find((name) => !mayUseCluster(identity, name));
  if (outside !== undefined) throw notAllowed(identity, outside);
  const unmatched = selection.without(names)?.replace(/^!/, "");
  if (unmatched === undefined) return;
  const nearest = nearestName(unmatched, names);
  const meant = nearest === undefined ? "" : `; did you mean '${nearest}'?`;
  const among = field === "first" ? " of the selection" : "";
  const rule = unmatched.includes("*")
    ? `must match at least one cluster${among}: '${unmatched}' matches none`
    : field === "first"
    ? `must name clusters${among}: '${unmatched}' is not selected${meant}`
    : `must name existing clusters: there is no '${unmatched}'${meant}`;
  throw new OperationError("invalid_field", { kind: part, field, rule });
}

/** The error for a cluster that the token may not use. */
export function notAllowed(identity: Identity, cluster: string): OperationError {
  const { name: token, clusters = [] } = identity;
  return new OperationError("cluster_not_allowed", { token, cluster, clusters }, { cluster });
}

/** The error where the caller may see no cluster; a limited token does not show whether there are any. */
function noneVisible(
  { name, clusters }: Identity,
  isByLabels: boolean,
  part: Part,
): OperationError {
  const whole = clusters === undefined
    ? NO_CLUSTERS
    : `No configured cluster is allowed for token '${name}'. Allowed clusters: ${
      clusters.join(", ")
    }`;
  const field = isByLabels ? "cluster_selector" : "clusters";
  return new OperationError("invalid_field", { kind: part, field, rule: "", whole });
}

function noneMeant(
  items: readonly string[],
  isByLabels: boolean,
  part: Part,
): OperationError {
  const field = isByLabels ? "cluster_selector" : "clusters";
  const rule = isByLabels
    ? `matches no ${items.length > 0 ? "selected " : ""}cluster`
    : "selects no cluster";
  return new OperationError("invalid_field", { kind: part, field, rule });
}
