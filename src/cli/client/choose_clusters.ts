import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { nearestName } from "../../operations/nearest.ts";
import { operationNamed } from "../../operations/table.ts";
import { matchesPattern } from "../../text/glob.ts";
import { isClusterPattern } from "../../tokens/rights.ts";
import { Failure } from "../failure.ts";
import { clusterNamesIn } from "./cluster_names.ts";
import { plain } from "./table.ts";
import { strange, type Way } from "./way.ts";

/** Clusters as a command line has them: names, patterns, or `undefined` where it names none. */
export type Given = readonly (string | undefined)[];

const isPattern = (text: string | undefined) => text?.includes("*") ?? false;

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

/** What flags name that may be given several times, each with several by commas. */
export const itemsOf = (given: readonly string[]) =>
  given.flatMap((each) => each.split(",")).map((each) => each.trim()).filter((each) => each !== "");

/**
 * Finds the clusters, before anything is done on one of them. One name alone is not looked for where
 * that cluster is asked, which tells as well that there is none.
 * @param isChecked whether no cluster is asked, and no server either: names alone are taken as they are
 * where a server would know them
 * @returns besides whether there may be several, also where it is one by chance: it is shown the same
 * way
 * @throws {Failure} when one is not there, or nothing matches a pattern
 */
export async function chooseClusters(
  way: Way,
  given: Given,
  { allClusters = false, isChecked }: {
    readonly allClusters?: boolean;
    readonly isChecked: boolean;
  },
) {
  if (allClusters && given[0] !== undefined) {
    throw new Failure("Give --cluster or --all-clusters, not both", 2);
  }
  const wanted = allClusters ? ["*"] : given;
  const arePatterns = wanted.some(isPattern);
  const areSeveral = arePatterns || wanted.length > 1;
  // Of one that can be no name, or is missing, the operation tells.
  const isName = wanted.every((each) => each !== undefined && isClusterName(each));
  const isLooked = arePatterns || (isChecked ? !way.isRemote && isName : areSeveral);
  if (!isLooked) return { clusters: wanted, areSeveral };
  const there = await clusterNames(way);
  const found = (wanted as readonly string[]).flatMap((each) =>
    isPattern(each) ? there.filter((name) => matchesPattern(each, name)) : [each]
  );
  const missing = (wanted as readonly string[])
    .filter((each) => !there.some((name) => matchesPattern(each, name)));
  if (missing.length > 0) {
    const why = allClusters
      ? "There are none"
      : missing.map((each) => absent(each, there)).join("; ");
    throw new Failure(`${why} in ${way.place}; nothing was done`, 2);
  }
  return { clusters: [...new Set(found)], areSeveral };
}

function absent(name: string, there: readonly string[]): string {
  if (isPattern(name)) return `No cluster matches '${name}'`;
  const nearest = nearestName(name, there);
  const meant = nearest === undefined ? "" : ` (did you mean '${nearest}'?)`;
  return `There is no cluster '${name}'${meant}`;
}

/** @throws {Failure} when they are not told */
async function clusterNames(way: Way): Promise<readonly string[]> {
  const answer = await way.ask(operationNamed("listClusters"), {});
  if (answer.status === 200) {
    const names = clusterNamesIn(answer.body);
    if (names !== undefined) return names;
    throw strange(way, answer);
  }
  const { advice } = answer;
  const why = plain(String(answer.body.message ?? `status ${answer.status}`));
  throw new Failure(
    `Cannot find the clusters: ${advice === undefined ? why : `${why}; ${advice}`}`,
  );
}
