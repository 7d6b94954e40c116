import type { ChooseOptions, ChosenCluster } from "../clusters/choose.ts";
import { Selection } from "../clusters/selection.ts";
import type { AllClusters, Chosen } from "../fleet/each.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { clusterError } from "./cluster_errors.ts";
import { OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import type { AskedSelection, Clusters } from "./operation.ts";
import type { Part } from "./request_kinds.ts";

/** What a request is about, before any kubeconfig is looked at. */
export interface Meant {
  /** At least one name, sorted. */
  readonly names: readonly string[];
  /** Looks at their kubeconfigs: those with one API server are one cluster. Sorted by name. */
  choose(options?: ChooseOptions): Promise<readonly Chosen[]>;
}

/**
 * The clusters that a request is about, of those that the caller may see; no cluster is asked.
 * @throws {OperationError} 403 of a name outside the token's clusters; 400 of a name or pattern that
 * matches none, and where none is left; 500 where labels select and cannot be read
 */
export async function chooseClusters(
  asked: AskedSelection,
  identity: Identity,
  clusters: Pick<Clusters, "list" | "choose">,
): Promise<Meant> {
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
 * All clusters that the caller may see, and whether there may be others: each API server once, but as
 * often as names of it have Argo CD in different namespaces.
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
 * The names that are meant, and of which the caller may know; also those of one API server.
 * @param mayBeNone whether there may be none where nothing was asked for
 * @throws {OperationError} as {@link chooseClusters}
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
  checkSelection(selection, names, identity, { part, field: "clusters" });
  if (selector !== undefined && labelsProblem !== undefined) {
    throw clusterError(labelsProblem, { why: labelsProblem.message });
  }
  const meant = visible
    .filter(({ name, labels }) => selection.has(name) && (selector?.(labels) ?? true))
    .map(({ name }) => name);
  const isAny = mayBeNone && items.length === 0 && selector === undefined;
  if (meant.length === 0 && !isAny) throw noneMeant(names, items, selector !== undefined, part);
  return { visible: names, meant };
}

/**
 * @param names that can be meant
 * @throws {OperationError} of what is not for this token, or matches nothing
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

/** Of a cluster that a token is not for. */
export function notAllowed(identity: Identity, cluster: string): OperationError {
  const { name: token, clusters = [] } = identity;
  return new OperationError("cluster_not_allowed", { token, cluster, clusters }, { cluster });
}

function noneMeant(
  visible: readonly string[],
  items: readonly string[],
  isByLabels: boolean,
  part: Part,
): OperationError {
  const field = isByLabels ? "cluster_selector" : "clusters";
  const rule = visible.length === 0
    ? "matches no cluster: you have access to none"
    : isByLabels
    ? `matches no ${items.length > 0 ? "selected " : ""}cluster`
    : "selects no cluster";
  return new OperationError("invalid_field", { kind: part, field, rule });
}
