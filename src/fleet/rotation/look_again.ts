import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { FoundPlace } from "../../credentials/rotation/find.ts";
import { isIdentity, type Sought, soughtCanonical } from "../../credentials/rotation/sought.ts";
import type { AllClusters, Each, SelectedCluster, StepResult } from "../each.ts";
import { lookStep, type SearchResult, type WriteContext } from "./cluster_steps.ts";
import { keyInUse } from "./memories.ts";
import { proofOf } from "./proof.ts";
import type { RotationRequest } from "./request.ts";
import type { Plans } from "./results.ts";
import type { ClusterNotSeen, Proof, ValuePlace } from "./shapes.ts";

export interface OldValueSearch {
  readonly plans: Plans;
  /** Fingerprints of the replaced values. */
  readonly replaces: readonly string[];
  /** Those of them that only earlier rotations with the same search found. */
  readonly earlier: readonly string[];
  /** Clusters whose old value is unknown. */
  readonly unknownIn: readonly string[];
  /** Identifies the key of the fingerprints; absent where fingerprints are unavailable. */
  readonly key?: string | undefined;
}

export interface LookDeps {
  /** The selection. */
  readonly chosen: readonly SelectedCluster[];
  /** Lists all configured clusters. */
  all(): Promise<AllClusters>;
  readonly fingerprint: MakeFingerprint;
  /** Reports an unexpected error; the rotation continues. */
  readonly onBug: (error: unknown) => void;
  readonly each: Each<WriteContext>;
  /** Whether an earlier rotation found a value with one of these fingerprints. */
  wasFound(fingerprints: readonly string[], key: string | undefined): Promise<boolean>;
}

/** Searches all clusters for the old value after the write. */
export async function lookAgain(
  { sought, set }: Pick<RotationRequest, "sought" | "set">,
  deps: LookDeps,
  { plans, replaces, earlier, unknownIn, key }: OldValueSearch,
): Promise<{ readonly proof: Proof; readonly wasFound: boolean }> {
  const { clusters, isLimited, notListed } = await allOrChosen(deps);
  const values = soughtAgain(sought, plans, earlier);
  const isMeant = oneOf(deps.chosen);
  // In selected clusters also search by identity: a cluster may have been unreadable when planning, or changed since.
  const soughtsIn = (cluster: SelectedCluster) =>
    isIdentity(sought) && isMeant(cluster) ? [...values, sought] : values;
  const seen = await Array.fromAsync(
    deps.each(clusters, lookStep(soughtsIn, set), { anyLabels: true }),
  );
  const places = placesOnce(seen);
  const isFound = plans.done.some(([, { plan }]) => plan.places.length > 0);
  // A search by fingerprints was incomplete if their key has changed since.
  const byThem = earlier.length > 0 || sought.by === "fingerprint";
  const isLooked = !byThem || key !== undefined && await keyInUse(deps.fingerprint) === key;
  const wasFound = places.length > 0 ||
    isLooked && (isFound || earlier.length > 0 || await deps.wasFound(replaces, key));
  const clustersNotSeen = [...seen.flatMap(clustersNotSeenIn), ...notListed];
  // One reason per cluster is enough.
  const reported = new Set([...places, ...clustersNotSeen].map(({ cluster }) => cluster));
  const proof = proofOf({
    fingerprints: replaces,
    wasFound,
    unknownIn: unknownIn.filter((cluster) => !reported.has(cluster)),
    places,
    clustersNotSeen,
    partsNotSeen: partsNotSeen(seen),
    isLimited,
  });
  return { proof, wasFound };
}

/**
 * All clusters, and the selected ones that are no longer among them: they may still contain the old value. If the
 * clusters cannot be listed, only the selection, so that what was written is reported anyway.
 */
async function allOrChosen(
  { all, chosen, onBug }: LookDeps,
): Promise<AllClusters & { readonly notListed: readonly ClusterNotSeen[] }> {
  try {
    const listed = await all();
    const gone = chosen.filter((each) => !listed.clusters.some((other) => isSame(each, other)));
    const notListed = gone.map(({ name: cluster }) => ({
      cluster,
      status: "cluster_not_found",
      message:
        `Cluster '${cluster}' was removed or has another API server since the rotation began`,
    }));
    return { ...listed, notListed };
  } catch (error) {
    onBug(error);
    const others = { cluster: "*", status: "error", message: "Cannot list the clusters" };
    return { clusters: chosen, isLimited: false, notListed: [others] };
  }
}

/**
 * The parts of clusters that could not be searched. If all pull secrets of a server were searched under one of its
 * names, they count as searched under its other names too.
 */
function partsNotSeen(seen: readonly StepResult<SearchResult>[]): ClusterNotSeen[] {
  const done = seen.flatMap((each) => each.kind === "done" ? [each] : []);
  const whole = new Set(
    done.filter(({ outcome }) => outcome.hasAllPullSecrets).map(({ cluster }) => cluster.server),
  );
  return done.flatMap(({ cluster: { server }, outcome: { hasArgocd, notSeen } }) =>
    hasArgocd && whole.has(server) ? [] : notSeen
  );
}

/** The places with the value; those of a server with several names are listed once. */
function placesOnce(seen: readonly StepResult<SearchResult>[]): ValuePlace[] {
  const byName = seen.toSorted((a, b) => a.cluster.name < b.cluster.name ? -1 : 1);
  const once = new Map<string, ValuePlace>();
  for (const each of byName) {
    if (each.kind !== "done") continue;
    for (const place of placed(each.cluster, each.outcome.places)) {
      const { cluster: _, ...where } = place;
      const key = JSON.stringify([each.cluster.server, where]);
      if (!once.has(key)) once.set(key, place);
    }
  }
  return [...once.values()];
}

/** The proof of a dry run, by its plans. */
export function proofOfPlan({ done, failed }: Plans, fingerprints: readonly string[]): Proof {
  const places = done.flatMap(([cluster, { plan }]) => placed(cluster, plan.places));
  return proofOf({
    fingerprints,
    wasFound: places.length > 0,
    places,
    clustersNotSeen: failed.flatMap(clustersNotSeenIn),
    partsNotSeen: done.flatMap(([, { notSeen }]) => notSeen),
    isLimited: false,
    isDryRun: true,
  });
}

/**
 * The searches after the write: for the given value, or for the values that were found. A value is preferred to its
 * fingerprint, because it is also found within longer texts.
 */
function soughtAgain(sought: Sought, { done }: Plans, earlier: readonly string[]): Sought[] {
  if (sought.by === "value") return [sought];
  const values = done.flatMap(([, { plan }]) => plan.oldValues);
  const distinct = new Map(values.map((value) => [value.reveal(), value])).values();
  return [
    ...sought.by === "fingerprint" ? [sought] : [],
    ...[...distinct].map(soughtCanonical),
    ...earlier.map((fingerprint): Sought => ({ by: "fingerprint", fingerprint })),
  ];
}

const namesOf = ({ name, sameServerAs }: SelectedCluster) => [name, ...sameServerAs];

/** Whether two listings mean the same cluster. The API server of an unusable one is unknown. */
function isSame(a: SelectedCluster, b: SelectedCluster): boolean {
  const others = new Set(namesOf(b));
  const isUsable = a.transport !== undefined && b.transport !== undefined;
  return namesOf(a).some((name) => others.has(name)) && (!isUsable || a.server === b.server);
}

/** Whether a cluster is one of these under any of its names. */
function oneOf(clusters: readonly SelectedCluster[]): (cluster: SelectedCluster) => boolean {
  const names = new Set(clusters.flatMap(namesOf));
  return (cluster) => namesOf(cluster).some((name) => names.has(name));
}

const placed = ({ name: cluster }: SelectedCluster, places: readonly FoundPlace[]): ValuePlace[] =>
  places.map((place) => ({ cluster, ...place }));

/** The cluster with the reason why it was not searched; empty where it was. */
export function clustersNotSeenIn(ended: StepResult<unknown>): ClusterNotSeen[] {
  if (ended.kind === "done") return [];
  const { cluster: { name: cluster }, status, message } = ended;
  return [{ cluster, status, message }];
}
