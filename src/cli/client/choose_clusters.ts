import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { operationNamed } from "../../operations/table.ts";
import { isClusterPattern } from "../../tokens/rights.ts";
import { Failure } from "../failure.ts";
import { clusterNamesIn } from "./cluster_names.ts";
import { withUpgradeAdvice } from "./older_server.ts";
import type { Words } from "./error_text.ts";
import { type Answer, type Backend, unexpectedResponse } from "./backend.ts";

/** A selection of clusters, as in a request. */
export type Selected = {
  /** Names and patterns; a `!` in front excludes. */
  readonly clusters?: readonly string[];
  readonly cluster_selector?: string;
};

/** Order and limit of writes to several clusters. */
export type SelectionLimits = {
  readonly first?: readonly string[];
  readonly max_failures?: number;
};

/** The clusters that a command line selects. */
export type Chosen =
  /** One by its name; `undefined` if none is named, or the operation is about none. */
  | { readonly kind: "one"; readonly cluster: string | undefined }
  /** Several; also if only one matches, so that the output has the same form. */
  | { readonly kind: "several"; readonly selected: Selected & SelectionLimits };

/** Flags that select clusters. */
export type ClusterFlags = {
  readonly cluster?: readonly string[];
  readonly selector?: string;
  readonly allClusters?: boolean;
  readonly first?: readonly string[];
  readonly maxFailures?: number;
};

/** Whether flags select clusters. */
export const areNamed = ({ cluster, selector, allClusters }: ClusterFlags): boolean =>
  cluster !== undefined || selector !== undefined || allClusters === true;

/**
 * The selection by flags, each item once.
 * @param place argument that replaces `--cluster`
 * @throws {Failure} when an item is neither a name nor a pattern, or flags exclude each other
 */
export function chosenBy(flags: ClusterFlags, place?: string): Chosen {
  const { selector, allClusters = false } = flags;
  const items = place === undefined
    ? flags.cluster && [...new Set(itemsOf(flags.cluster))]
    : [place];
  if (allClusters && items !== undefined) throw both("--cluster");
  if (allClusters && selector !== undefined) throw both("--selector");
  const limits = limitsOf(flags);
  const hasLimits = Object.keys(limits).length > 0;
  if (allClusters) return { kind: "several", selected: { clusters: ["*"], ...limits } };
  if (selector !== undefined) {
    checkItems(items ?? []);
    const clusters = items === undefined ? {} : { clusters: items };
    return { kind: "several", selected: { ...clusters, cluster_selector: selector, ...limits } };
  }
  if (items === undefined) return { kind: "one", cluster: undefined };
  if (items.length === 0) return { kind: "one", cluster: "" };
  if (items.length === 1 && !isPattern(items[0]!) && !hasLimits) {
    return { kind: "one", cluster: items[0]! };
  }
  checkItems(items);
  return { kind: "several", selected: { clusters: items, ...limits } };
}

const both = (flag: string) => new Failure(`Give ${flag} or --all-clusters, not both`, 2);

function limitsOf({ first, maxFailures }: ClusterFlags): SelectionLimits {
  return {
    ...first === undefined ? {} : { first: itemsOf(first) },
    ...maxFailures === undefined ? {} : { max_failures: maxFailures },
  };
}

const isPattern = (text: string) => text.includes("*") || text.startsWith("!");

function checkItems(items: readonly string[]): void {
  const wrong = items.find((item) =>
    isPattern(item) ? !isClusterPattern(item.replace(/^!/, "")) : !isClusterName(item)
  );
  if (wrong === undefined) return;
  throw new Failure(`Cannot use --cluster '${wrong}': ${CLUSTER_NAME_RULE}`, 2);
}

/** The items of a repeatable flag, each value comma-separated. */
export const itemsOf = (given: readonly string[]) =>
  given.flatMap((each) => each.split(",")).map((each) => each.trim()).filter((each) => each !== "");

/**
 * Looks up the names of the selected clusters, without contacting these.
 * @returns the names, or the answer that rejects the selection
 * @throws {Failure} when they cannot be listed
 */
export async function clusterNamesFor(
  backend: Backend,
  { clusters = [], cluster_selector }: Selected,
  words: Pick<Words, "of">,
): Promise<readonly string[] | Answer> {
  const input = {
    ...clusters.length === 0 ? {} : { clusters: clusters.join(",") },
    ...cluster_selector === undefined ? {} : { cluster_selector },
  };
  const operation = operationNamed("listClusters");
  const answer = await backend.request(operation, input);
  if (answer.status !== 200) {
    return backend.isRemote ? await withUpgradeAdvice(answer, operation, input, words) : answer;
  }
  const names = clusterNamesIn(answer.body);
  if (names === undefined) throw unexpectedResponse(backend, answer);
  return names;
}
