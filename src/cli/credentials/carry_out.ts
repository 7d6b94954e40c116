import pLimit from "p-limit";
import { Failure } from "../failure.ts";
import { chooseClusters, clustersOf, type Given } from "./choose_clusters.ts";
import { interruption } from "./interruption.ts";
import { openApi, type ProgramFlags, type Purpose } from "./open_api.ts";
import { type Asked, show, showEnded, type View } from "./show.ts";
import type { Api, ApiRequest } from "./request.ts";
import { serverOf } from "./which_server.ts";
import type { DryRun } from "./words.ts";

export { type Asked, clustersOf, type View };

/** Clusters that are asked at once; the others wait. */
const AT_ONCE = 4;

interface CarryOutFlags extends ProgramFlags {
  /** In place of those that are given. */
  readonly allClusters?: boolean;
  readonly dryRun?: DryRun;
}

/**
 * Carries out one request for each cluster, and shows what came of it. All clusters are found before
 * the first of several is asked.
 * @param given names or patterns; `undefined` stands for a cluster that was not named
 * @param look before anything is done on the clusters that were found
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only
 */
export async function carryOut(
  flags: CarryOutFlags,
  purpose: Purpose,
  given: Given,
  requestFor: (cluster: string | undefined) => ApiRequest,
  view: View,
  look: Look = () => Promise.resolve(new Map()),
): Promise<number> {
  const isChecked = flags.dryRun === "client";
  const isRemote = serverOf(flags) !== undefined;
  const api = await openApi(flags, isChecked ? "check" : purpose);
  try {
    const { clusters, areSeveral } = await chooseClusters(api, given, {
      allClusters: flags.allClusters,
      isOffline: isChecked && isRemote,
    });
    const limit = pLimit(AT_ONCE);
    const ended = await look(clusters, (request) => limit(() => ask(api, request)));
    if (ended === undefined) return 0;
    const options = { flags, isChecked, areSeveral, api };
    using ending = purpose === "write" && !isRemote ? interruption() : undefined;
    const asked = await Promise.all(clusters.map((cluster) =>
      limit(async () => {
        const known = ended.get(cluster);
        if (known !== undefined) return known;
        const request = requestFor(cluster);
        const asked = { cluster, request, ...await ask(api, request, ending?.isAsked) };
        if (areSeveral) showEnded(asked, view, options);
        return asked;
      })
    ));
    return show(asked, view, options);
  } finally {
    await api.close();
  }
}

type Came = Pick<Asked, "answer" | "failure">;

/**
 * Looks at clusters before anything is done.
 * @returns those where nothing is left to do, and what came of it; `undefined` where nothing is to
 * be done at all
 */
export type Look = (
  clusters: Given,
  ask: (request: ApiRequest) => Promise<Came>,
) => Promise<ReadonlyMap<string | undefined, Asked> | undefined>;

async function ask(
  api: Api,
  request: ApiRequest,
  isInterrupted = false,
): Promise<Came> {
  if (isInterrupted) return { failure: new Failure("Not tried, as it was interrupted") };
  try {
    return { answer: await api.ask(request) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  }
}
