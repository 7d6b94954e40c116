import pLimit from "p-limit";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { Failure } from "../failure.ts";
import { itemsOf } from "./items.ts";
import { interruption } from "./interruption.ts";
import { openApi, type ProgramFlags, type Purpose } from "./open_api.ts";
import { type Asked, show, type View } from "./show.ts";
import type { Api, ApiRequest } from "./request.ts";
import type { DryRun } from "./words.ts";

export type { Asked, View };

/** Clusters that are written to at once; the others wait. */
const AT_ONCE = 4;

/**
 * Carries out one request for each cluster, and shows what came of it.
 * @param clusters `undefined` stands for a cluster that was not named
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only
 */
export async function carryOut(
  flags: ProgramFlags & { readonly dryRun?: DryRun },
  purpose: Purpose,
  clusters: readonly (string | undefined)[],
  requestFor: (cluster: string | undefined) => ApiRequest,
  view: View,
): Promise<number> {
  const isChecked = flags.dryRun === "client";
  const api = await openApi(flags, isChecked ? "check" : purpose);
  try {
    using ending = purpose === "write" && flags.server === undefined ? interruption() : undefined;
    const limit = pLimit(AT_ONCE);
    const asked = await Promise.all(clusters.map((cluster) =>
      limit(async (): Promise<Asked> => {
        const request = requestFor(cluster);
        if (ending?.isAsked) {
          return { cluster, request, failure: new Failure("Not tried, as it was interrupted") };
        }
        return { cluster, request, ...await ask(api, request) };
      })
    ));
    return show(asked, view, { flags, isChecked, place: api.place });
  } finally {
    await api.close();
  }
}

async function ask(api: Api, request: ApiRequest): Promise<Pick<Asked, "answer" | "failure">> {
  try {
    return { answer: await api.ask(request) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  }
}

/**
 * The clusters named by flags, each once.
 * @throws {Failure} when one of several is no name: nothing is done on the others then
 */
export function clustersOf(given: readonly string[] | undefined): (string | undefined)[] {
  if (given === undefined) return [undefined];
  const names = new Set(itemsOf(given));
  if (names.size === 0) return [""];
  const wrong = [...names].find((name) => !isClusterName(name));
  if (names.size > 1 && wrong !== undefined) {
    throw new Failure(`Cannot use --cluster '${wrong}': ${CLUSTER_NAME_RULE}`, 2);
  }
  return [...names];
}
