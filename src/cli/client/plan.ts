import type { DryRun } from "../bind/program_flags.ts";
import { isClusterName } from "../../clusters/folder.ts";
import type { Asked, Job } from "./asked.ts";
import type { FleetJob } from "./ask_fleet.ts";
import { type Chosen, namesOf, type Selected, type SelectionLimits } from "./choose_clusters.ts";
import type { ProgramFlags } from "./open_way.ts";
import type { Showing } from "./showing.ts";
import type { Answer, Way } from "./way.ts";

/** What a command line asks for. */
export interface CarryOut extends Pick<Showing, "words" | "view"> {
  /** Inputs without the clusters: each is for all of these, unless an argument names its own. */
  readonly inputs: readonly (Pick<Job, "input" | "places"> & { readonly cluster?: string })[];
  /** By which one cluster is named; absent where the operation is asked once for whatever. */
  readonly clusterField?: string;
  /** Whether one request may be about several clusters. */
  readonly takesSelection: boolean;
  readonly chosen: Chosen;
  readonly flags: ProgramFlags & {
    readonly dryRun?: DryRun;
    /** Whether a dry run by which something would change has an exit code of its own. */
    readonly exitCode?: boolean;
    /** Whether what is not there to be deleted is no failure. */
    readonly ignoreNotFound?: boolean;
  };
  /** Whether the user is shown what would go, and asked. */
  readonly isAsked: boolean;
}

/** What is asked by one request: of one cluster, or of none; or of several at once. */
export type Call = { readonly kind: "one"; readonly job: Job } | Several;

export interface Several {
  readonly kind: "several";
  readonly job: FleetJob;
  readonly selected: Selected & SelectionLimits;
  /** Which clusters these are, where that was looked up. */
  readonly names?: readonly string[];
}

/** What is to be asked. */
export interface Plan {
  readonly calls: readonly Call[];
  /** Whether they are shown as of several clusters. */
  readonly areSeveral: boolean;
}

/**
 * Finds out what is to be asked. Clusters that are asked one by one are found before the first of them
 * is asked; where one request is about several, whoever carries it out finds them. Of a dry run by
 * the client, which asks nobody, they are found, too, but for names alone where a server would know them.
 * @returns or why it is nothing
 * @throws {Failure} when clusters are not told
 */
export async function planned(what: CarryOut, way: Way): Promise<Plan | Asked> {
  const { chosen, inputs, takesSelection, flags, words } = what;
  const isChecked = flags.dryRun === "client";
  const own = new Set(inputs.flatMap(({ cluster }) => cluster ?? []));
  if (own.size > 0) {
    if (own.size > 1 && !(isChecked && way.isRemote)) {
      const names = await namesOf(way, { clusters: [...own] }, words);
      if (!isNames(names)) return refused(names, way);
    }
    return {
      calls: inputs.map(({ cluster, ...job }) => ({ kind: "one", job: { ...job, cluster } })),
      areSeveral: own.size > 1 || inputs.length > 1,
    };
  }
  const jobs = inputs.map(({ cluster: _, ...job }): FleetJob => job);
  if (chosen.kind === "one") {
    const { cluster } = chosen;
    if (isChecked && !way.isRemote && cluster !== undefined && isClusterName(cluster)) {
      const names = await namesOf(way, { clusters: [cluster] }, words);
      if (!isNames(names)) return refused(names, way);
    }
    const calls = jobs.map((job): Call => ({ kind: "one", job: { ...job, cluster } }));
    return { calls, areSeveral: calls.length > 1 };
  }
  const { selected } = chosen;
  const several = jobs.map((job): Several => ({ kind: "several", job, selected }));
  // Of a dry run by the client a server is asked for what matches only.
  const isLooked = !takesSelection || isChecked && (!way.isRemote || isOpen(selected));
  if (!isLooked) return { calls: several, areSeveral: true };
  const names = await namesOf(way, selected, words);
  if (!isNames(names)) return refused(names, way);
  const oneByOne = jobs.flatMap((job) =>
    names.map((cluster): Call => ({ kind: "one", job: { ...job, cluster } }))
  );
  const calls = takesSelection ? several.map((each) => ({ ...each, names })) : oneByOne;
  return { calls, areSeveral: true };
}

/** Whether it is not by names alone. */
const isOpen = ({ clusters = [], cluster_selector }: Selected) =>
  cluster_selector !== undefined || !clusters.every(isClusterName);

const isNames = (names: readonly string[] | Answer): names is readonly string[] =>
  Array.isArray(names);

const refused = (answer: Answer, way: Way): Asked => ({
  cluster: undefined,
  input: {},
  answer: nothingDone(answer, way),
});

/** An error before any cluster was asked: of which ones are meant, with where they were looked for. */
export const nothingDone = (answer: Answer, { place }: Way): Answer =>
  ABOUT_CLUSTERS.includes(answer.body.field) ? { ...answer, place } : answer;

const ABOUT_CLUSTERS: readonly unknown[] = ["clusters", "cluster_selector", "first"];
