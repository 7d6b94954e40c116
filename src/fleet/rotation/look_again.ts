import type { FoundPlace } from "../../credentials/rotation/find.ts";
import { type Sought, soughtCanonical } from "../../credentials/rotation/sought.ts";
import type { AllClusters, Chosen, Each, StepEnded } from "../each.ts";
import { type Looked, lookStep, type WriteContext } from "./cluster_steps.ts";
import { proofOf } from "./proof.ts";
import type { RotationRequest } from "./request.ts";
import type { Plans } from "./results.ts";
import type { NotSeen, Proof, ValuePlace } from "./shapes.ts";

export interface Found {
  readonly plans: Plans;
  /** Fingerprints of what was found to be replaced. */
  readonly replaces: readonly string[];
  /** Of what earlier rotations of the same have replaced besides. */
  readonly earlier: readonly string[];
}

export interface LookDeps {
  /** The selection. */
  readonly chosen: readonly Chosen[];
  /** All clusters that there are. */
  all(): Promise<AllClusters>;
  /** Told of what would be a bug; the rotation goes on. */
  readonly onFault: (error: unknown) => void;
  readonly each: Each<WriteContext>;
  /** Whether an earlier rotation has found a value with one of these fingerprints. */
  wasFound(fingerprints: readonly string[]): Promise<boolean>;
}

/** Looks for the old value again, everywhere. */
export async function lookAgain(
  { sought, set }: Pick<RotationRequest, "sought" | "set">,
  deps: LookDeps,
  { plans, replaces, earlier }: Found,
): Promise<{ readonly proof: Proof; readonly wasFound: boolean }> {
  const { clusters, isLimited, notListed = [] } = await allOrChosen(deps);
  const soughts = soughtAgain(sought, plans, earlier);
  const seen = await Array.fromAsync(
    deps.each(clusters, lookStep(soughts, set), { anyLabels: true }),
  );
  const places = placesOnce(seen);
  const fingerprints = [...replaces, ...earlier];
  const isFound = places.length > 0 || plans.done.some(([, { plan }]) => plan.places.length > 0);
  const wasFound = isFound || await deps.wasFound(fingerprints);
  const proof = proofOf({
    fingerprints,
    wasFound,
    places,
    clustersNotSeen: [...seen.flatMap(notSeenOf), ...notListed],
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
 * What is looked for at the end: the value itself, or those that were found by something else. A value
 * says more than its fingerprint, which no part of a longer text has.
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

const placed = ({ name: cluster }: Chosen, places: readonly FoundPlace[]): ValuePlace[] =>
  places.map((place) => ({ cluster, ...place }));

/** Why a cluster was not seen, if it was not. */
export function notSeenOf(ended: StepEnded<unknown>): NotSeen[] {
  if (ended.kind === "done") return [];
  const { cluster: { name: cluster }, status, message } = ended;
  return [{ cluster, status, message }];
}
