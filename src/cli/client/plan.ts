import type { DryRun } from "../bind/program_flags.ts";
import { isClusterName } from "../../clusters/folder.ts";
import type { Job, JobResult } from "./job.ts";
import type { FleetJob } from "./request_fleet.ts";
import {
  type Chosen,
  clusterNamesFor,
  type Selected,
  type SelectionLimits,
} from "./choose_clusters.ts";
import type { ProgramFlags } from "./open_backend.ts";
import type { Display } from "./display.ts";
import { type Answer, type Backend, IMPORT_SOME } from "./backend.ts";
import { NO_CLUSTERS } from "../../operations/request_kinds.ts";

/** What a command line requests. */
export interface CarryOut extends Pick<Display, "words" | "view"> {
  /** Inputs without the clusters; each is for all of them, unless an argument names its own cluster. */
  readonly inputs: readonly (Pick<Job, "input" | "places"> & { readonly cluster?: string })[];
  /** The field for the cluster; absent where one request is enough. */
  readonly clusterField?: string;
  /** Whether one request can be about several clusters. */
  readonly takesSelection: boolean;
  readonly chosen: Chosen;
  readonly flags: ProgramFlags & {
    readonly dryRun?: DryRun;
    /** Whether a dry run that would change something has its own exit code. */
    readonly exitCode?: boolean;
    /** Whether a deletion succeeds if there is no such secret. */
    readonly ignoreNotFound?: boolean;
  };
  /** Whether the user sees the plan and is prompted. */
  readonly isAsked: boolean;
}

/** One request: about one cluster or none, or about several. */
export type Call = { readonly kind: "one"; readonly job: Job } | Several;

export interface Several {
  readonly kind: "several";
  readonly job: FleetJob;
  readonly selected: Selected & SelectionLimits;
  /** The names of these clusters, if they were looked up. */
  readonly names?: readonly string[];
}

/** The requests to send. */
export interface Plan {
  readonly calls: readonly Call[];
  /** Whether results are shown as those of several clusters. */
  readonly areSeveral: boolean;
}

/**
 * Plans the requests. Clusters that need a request each are looked up first; if one request is about
 * several, the operation looks them up. A dry run by the client, which sends no request, looks them up, too,
 * except for plain names with a server.
 * @returns the plan, or why the clusters cannot be selected
 * @throws {Failure} when the clusters cannot be listed
 */
export async function planCalls(what: CarryOut, backend: Backend): Promise<Plan | JobResult> {
  const { chosen, inputs, takesSelection, flags, words } = what;
  const isChecked = flags.dryRun === "client";
  const own = new Set(inputs.flatMap(({ cluster }) => cluster ?? []));
  if (own.size > 0) {
    if (own.size > 1 && !(isChecked && backend.isRemote)) {
      const names = await clusterNamesFor(backend, { clusters: [...own] }, words);
      if (!isNames(names)) return notPlanned(names, backend);
    }
    return {
      calls: inputs.map(({ cluster, ...job }) => ({ kind: "one", job: { ...job, cluster } })),
      areSeveral: own.size > 1 || inputs.length > 1,
    };
  }
  const jobs = inputs.map(({ cluster: _, ...job }): FleetJob => job);
  if (chosen.kind === "one") {
    const { cluster } = chosen;
    if (isChecked && !backend.isRemote && cluster !== undefined && isClusterName(cluster)) {
      const names = await clusterNamesFor(backend, { clusters: [cluster] }, words);
      if (!isNames(names)) return notPlanned(names, backend);
    }
    const calls = jobs.map((job): Call => ({ kind: "one", job: { ...job, cluster } }));
    return { calls, areSeveral: calls.length > 1 };
  }
  const { selected } = chosen;
  const several = jobs.map((job): Several => ({ kind: "several", job, selected }));
  // A dry run by the client asks a server only which clusters match.
  const isLookedUp = !takesSelection || isChecked && (!backend.isRemote || hasPatterns(selected));
  if (!isLookedUp) return { calls: several, areSeveral: true };
  const names = await clusterNamesFor(backend, selected, words);
  if (!isNames(names)) return notPlanned(names, backend);
  const oneByOne = jobs.flatMap((job) =>
    names.map((cluster): Call => ({ kind: "one", job: { ...job, cluster } }))
  );
  const calls = takesSelection ? several.map((each) => ({ ...each, names })) : oneByOne;
  return { calls, areSeveral: true };
}

/** Whether clusters are selected by more than their names. */
const hasPatterns = ({ clusters = [], cluster_selector }: Selected) =>
  cluster_selector !== undefined || !clusters.every(isClusterName);

const isNames = (names: readonly string[] | Answer): names is readonly string[] =>
  Array.isArray(names);

const notPlanned = (answer: Answer, backend: Backend): JobResult => ({
  cluster: undefined,
  input: {},
  answer: nothingDone(answer, backend),
});

/** The answer of a request that failed before the first cluster, with the place if it is about the selection. */
export function nothingDone(answer: Answer, { place, isRemote }: Backend): Answer {
  if (!ABOUT_CLUSTERS.includes(answer.body.field)) return answer;
  const isWithoutClusters = !isRemote && answer.body.message === NO_CLUSTERS;
  const advice = isWithoutClusters ? { advice: IMPORT_SOME } : {};
  return { ...answer, ...advice, place };
}

const ABOUT_CLUSTERS: readonly unknown[] = ["clusters", "cluster_selector", "first"];
