import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { FoundPlace } from "../../credentials/rotation/find.ts";
import { isIdentity, type Sought, soughtCanonical } from "../../credentials/rotation/sought.ts";
import type { AllClusters, Chosen, Each, StepEnded } from "../each.ts";
import { type Looked, lookStep, type WriteContext } from "./cluster_steps.ts";
import { keyInUse } from "./key.ts";
import { proofOf } from "./proof.ts";
import type { RotationRequest } from "./request.ts";
import type { Plans } from "./results.ts";
import type { NotSeen, Proof, ValuePlace } from "./shapes.ts";

export interface Found {
  readonly plans: Plans;
  /** Fingerprints of what is replaced. */
  readonly replaces: readonly string[];
  /** Those of them that earlier rotations of the same have found, and this one has not. */
  readonly earlier: readonly string[];
  /** Clusters of which it is not known which old value they held. */
  readonly unknownIn: readonly string[];
  /** By which all of these are made; absent where none can be. */
  readonly key?: string | undefined;
}

export interface LookDeps {
  /** The selection. */
  readonly chosen: readonly Chosen[];
  /** All clusters that there are. */
  all(): Promise<AllClusters>;
  readonly fingerprint: MakeFingerprint;
  /** Told of what would be a bug; the rotation goes on. */
  readonly onFault: (error: unknown) => void;
  readonly each: Each<WriteContext>;
  /** Whether an earlier rotation has found a value with one of these fingerprints. */
  wasFound(fingerprints: readonly string[], key: string | undefined): Promise<boolean>;
}

/** Looks for the old value again, everywhere. */
export async function lookAgain(
  { sought, set }: Pick<RotationRequest, "sought" | "set">,
  deps: LookDeps,
  { plans, replaces, earlier, unknownIn, key }: Found,
): Promise<{ readonly proof: Proof; readonly wasFound: boolean }> {
  const { clusters, isLimited, notListed = [] } = await allOrChosen(deps);
  const values = soughtAgain(sought, plans, earlier);
  const isMeant = oneOf(deps.chosen);
  // Where it is meant also what no plan has found: the cluster could not be read, or was changed since.
  const soughtsIn = (cluster: Chosen) =>
    isIdentity(sought) && isMeant(cluster) ? [...values, sought] : values;
  const seen = await Array.fromAsync(
    deps.each(clusters, lookStep(soughtsIn, set), { anyLabels: true }),
  );
  const places = placesOnce(seen);
  const isFound = plans.done.some(([, { plan }]) => plan.places.length > 0);
  // What was looked for by fingerprints was not, where they could not be made any more.
  const byThem = earlier.length > 0 || sought.by === "fingerprint";
  const isLooked = !byThem || key !== undefined && await keyInUse(deps.fingerprint) === key;
  const wasFound = places.length > 0 ||
    isLooked && (isFound || earlier.length > 0 || await deps.wasFound(replaces, key));
  const clustersNotSeen = [...seen.flatMap(notSeenOf), ...notListed];
  // Where there is a reason already, no other one is needed.
  const told = new Set([...places, ...clustersNotSeen].map(({ cluster }) => cluster));
  const proof = proofOf({
    fingerprints: replaces,
    wasFound,
    unknownIn: unknownIn.filter((cluster) => !told.has(cluster)),
    places,
    clustersNotSeen,
    partsNotSeen: partsNotSeen(seen),
    isLimited,
  });
  return { proof, wasFound };
}

/** What is written is told all the same, where it cannot be said which clusters there are. */
async function allOrChosen(
  { all, chosen, onFault }: LookDeps,
): Promise<AllClusters & { readonly notListed?: readonly NotSeen[] }> {
  try {
    return await all();
  } catch (error) {
    onFault(error);
    const others = { cluster: "*", status: "error", message: "The clusters could not be listed" };
    return { clusters: chosen, isLimited: false, notListed: [others] };
  }
}

/**
 * What was not seen of clusters that were looked at: of a server whose pull secrets were all seen by one of
 * its names the others need not see them.
 */
function partsNotSeen(seen: readonly StepEnded<Looked>[]): NotSeen[] {
  const done = seen.flatMap((each) => each.kind === "done" ? [each] : []);
  const whole = new Set(
    done.filter(({ outcome }) => outcome.hasAllPullSecrets).map(({ cluster }) => cluster.server),
  );
  return done.flatMap(({ cluster: { server }, outcome: { hasArgocd, notSeen } }) =>
    hasArgocd && whole.has(server) ? [] : notSeen
  );
}

/** Where the value stands: a server that was looked at by several of its names has each place once. */
function placesOnce(seen: readonly StepEnded<Looked>[]): ValuePlace[] {
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

/** What a dry run has seen. */
export function proofOfPlan({ done, failed }: Plans, fingerprints: readonly string[]): Proof {
  const places = done.flatMap(([cluster, { plan }]) => placed(cluster, plan.places));
  return proofOf({
    fingerprints,
    wasFound: places.length > 0,
    places,
    clustersNotSeen: failed.flatMap(notSeenOf),
    partsNotSeen: done.flatMap(([, { notSeen }]) => notSeen),
    isLimited: false,
    isDryRun: true,
  });
}

/**
 * What is looked for at the end: the value itself, or those that were found by something else. Where a value is
 * known, it says more than its fingerprint, which of a longer text only words have.
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

/** Whether a cluster, by any of its names, is one of these. */
function oneOf(clusters: readonly Chosen[]): (cluster: Chosen) => boolean {
  const namesOf = ({ name, sameServerAs }: Chosen) => [name, ...sameServerAs];
  const names = new Set(clusters.flatMap(namesOf));
  return (cluster) => namesOf(cluster).some((name) => names.has(name));
}

const placed = ({ name: cluster }: Chosen, places: readonly FoundPlace[]): ValuePlace[] =>
  places.map((place) => ({ cluster, ...place }));

/** Why a cluster was not seen, if it was not. */
export function notSeenOf(ended: StepEnded<unknown>): NotSeen[] {
  if (ended.kind === "done") return [];
  const { cluster: { name: cluster }, status, message } = ended;
  return [{ cluster, status, message }];
}
