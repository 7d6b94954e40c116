import { distance } from "fastest-levenshtein";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { isClusterPattern, matchesPattern } from "../../tokens/rights.ts";
import { Failure } from "../failure.ts";
import type { ClusterList } from "./answers.ts";
import { itemsOf } from "./items.ts";
import type { Api } from "./request.ts";
import { toldOf } from "./told.ts";

/** Clusters as a command line has them: names, patterns, or `undefined` where it names none. */
export type Given = readonly (string | undefined)[];

/** Those that are meant. */
export interface Chosen {
  readonly clusters: Given;
  /** Whether there may be several, also where it is one by chance: it is shown the same way. */
  readonly areSeveral: boolean;
}

export const isPattern = (text: string | undefined) => text?.includes("*") ?? false;

/**
 * The clusters named by flags, each once.
 * @throws {Failure} when one of several is neither a name nor a pattern
 */
export function clustersOf(given: readonly string[] | undefined): Given {
  if (given === undefined) return [undefined];
  const names = new Set(itemsOf(given));
  if (names.size === 0) return [""];
  const wrong = [...names].find((name) =>
    isPattern(name) ? !isClusterPattern(name) : names.size > 1 && !isClusterName(name)
  );
  if (wrong !== undefined) {
    throw new Failure(`Cannot use --cluster '${wrong}': ${CLUSTER_NAME_RULE}`, 2);
  }
  return [...names];
}

interface ChooseOptions {
  readonly allClusters?: boolean;
  /** Whether names alone are taken as they are, since no server is to be asked. */
  readonly isOffline: boolean;
}

/**
 * Finds the clusters, before anything is done on one of them. One name alone is not looked for: what
 * is asked of that cluster tells as well that there is none.
 * @throws {Failure} when one is not there, or nothing matches a pattern
 */
export async function chooseClusters(
  api: Api,
  given: Given,
  { allClusters = false, isOffline }: ChooseOptions,
): Promise<Chosen> {
  if (allClusters && given[0] !== undefined) {
    throw new Failure("Give --cluster or --all-clusters, not both", 2);
  }
  const wanted = allClusters ? ["*"] : given;
  const arePatterns = wanted.some(isPattern);
  const areSeveral = arePatterns || wanted.length > 1;
  if (!areSeveral || (isOffline && !arePatterns)) return { clusters: wanted, areSeveral };
  const there = await clusterNames(api);
  const found = (wanted as readonly string[]).flatMap((each) =>
    isPattern(each) ? there.filter((name) => matchesPattern(each, name)) : [each]
  );
  const missing = (wanted as readonly string[])
    .filter((each) => !there.some((name) => matchesPattern(each, name)));
  if (missing.length > 0) {
    const why = allClusters
      ? "There are none"
      : missing.map((each) => absent(each, there)).join("; ");
    throw new Failure(`${why} in ${api.place}; nothing was done`, 2);
  }
  return { clusters: [...new Set(found)], areSeveral };
}

function absent(name: string, there: readonly string[]): string {
  if (isPattern(name)) return `No cluster matches '${name}'`;
  const [nearest] = there.toSorted((a, b) => distance(name, a) - distance(name, b));
  const isNear = nearest !== undefined && distance(name, nearest) <= Math.max(2, name.length / 3);
  return `There is no cluster '${name}'${isNear ? ` (did you mean '${nearest}'?)` : ""}`;
}

/** @throws {Failure} when they are not told */
async function clusterNames(api: Api): Promise<readonly string[]> {
  const answer = await api.ask({ method: "GET", path: "/clusters" });
  if (answer.status === 200) return (answer.body as ClusterList).clusters;
  const { lines } = toldOf(answer, { names: [] }, false);
  throw new Failure(`Cannot find the clusters: ${lines.join("\n")}`);
}
