import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { operationNamed } from "../../operations/table.ts";
import { isClusterPattern } from "../../tokens/rights.ts";
import { Failure } from "../failure.ts";
import { clusterNamesIn } from "./cluster_names.ts";
import { advised } from "./older_server.ts";
import type { Words } from "./told.ts";
import { type Answer, strange, type Way } from "./way.ts";

/** Several clusters, as a request has them. */
export type Selected = {
  /** Names and patterns; behind a `!` what is taken out. */
  readonly clusters?: readonly string[];
  readonly cluster_selector?: string;
};

/** Further limits of what writes on several. */
export type SelectionLimits = {
  readonly first?: readonly string[];
  readonly max_failures?: number;
};

/** The clusters that a command line means. */
export type Chosen =
  /** One by its name; `undefined` where none is named, or the operation is about none. */
  | { readonly kind: "one"; readonly cluster: string | undefined }
  /** Several, also where it is one by chance: they are shown the same way. */
  | { readonly kind: "several"; readonly selected: Selected & SelectionLimits };

/** How a command line names clusters. */
export type ClusterFlags = {
  readonly cluster?: readonly string[];
  readonly selector?: string;
  readonly allClusters?: boolean;
  readonly first?: readonly string[];
  readonly maxFailures?: number;
};

/** Whether flags name them. */
export const areNamed = ({ cluster, selector, allClusters }: ClusterFlags): boolean =>
  cluster !== undefined || selector !== undefined || allClusters === true;

/**
 * The clusters named by flags, each item once.
 * @param place an argument in place of the flag
 * @throws {Failure} when one of several is neither a name nor a pattern, or flags contradict each other
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
    refuseItems(items ?? []);
    const clusters = items === undefined ? {} : { clusters: items };
    return { kind: "several", selected: { ...clusters, cluster_selector: selector, ...limits } };
  }
  if (items === undefined) return { kind: "one", cluster: undefined };
  if (items.length === 0) return { kind: "one", cluster: "" };
  if (items.length === 1 && !isPattern(items[0]!) && !hasLimits) {
    return { kind: "one", cluster: items[0]! };
  }
  refuseItems(items);
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

function refuseItems(items: readonly string[]): void {
  const wrong = items.find((item) =>
    isPattern(item) ? !isClusterPattern(item.replace(/^!/, "")) : !isClusterName(item)
  );
  if (wrong === undefined) return;
  throw new Failure(`Cannot use --cluster '${wrong}': ${CLUSTER_NAME_RULE}`, 2);
}

/** What flags name that may be given several times, each with several by commas. */
export const itemsOf = (given: readonly string[]) =>
  given.flatMap((each) => each.split(",")).map((each) => each.trim()).filter((each) => each !== "");

/**
 * The names of several clusters, of which none is asked.
 * @returns or the answer that says what is wrong with how they were chosen
 * @throws {Failure} when they are not told
 */
export async function namesOf(
  way: Way,
  { clusters = [], cluster_selector }: Selected,
  words: Pick<Words, "of">,
): Promise<readonly string[] | Answer> {
  const input = {
    ...clusters.length === 0 ? {} : { clusters: clusters.join(",") },
    ...cluster_selector === undefined ? {} : { cluster_selector },
  };
  const operation = operationNamed("listClusters");
  const answer = await way.ask(operation, input);
  if (answer.status !== 200) {
    return way.isRemote ? await advised(answer, operation, input, words) : answer;
  }
  const names = clusterNamesIn(answer.body);
  if (names === undefined) throw strange(way, answer);
  return names;
}
