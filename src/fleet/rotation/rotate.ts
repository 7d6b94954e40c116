import type { TriedValue } from "../../credentials/checks/tried_value.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { Begin } from "../../credentials/recorded.ts";
import { isSameValue, type Sought } from "../../credentials/rotation/sought.ts";
import { seal } from "../../log/sealed.ts";
import { keyInUse } from "./key.ts";
import { lookAgain, type LookDeps, proofOfPlan } from "./look_again.ts";
import { onceAServer } from "./once_a_server.ts";
import { RotationRefused } from "./refusal.ts";
import { aboutOf, type RotationRequest } from "./request.ts";
import { type ClusterResult, planAll, results } from "./results.ts";
import { fingerprintKey, type Rotations, type Running } from "./rotations.ts";
import type { Proof, RotationCluster, TriedPlace } from "./shapes.ts";
import { type AsAsked, type OldDeps, onRecord, whatIsOld } from "./what_is_old.ts";
import { refuseTried, whyNot } from "./why_not.ts";

/** What a rotation works with. */
export interface RotationDeps extends LookDeps, OldDeps {
  readonly rotations: Rotations;
  /** Who asks for it. */
  readonly by: string;
  /** Records that it begins, before anything is tried or written. */
  readonly begin: Begin;
  /**
   * Tries the new value, once for each distinct place.
   * @param isDryRun whether it is only told where it would be tried
   */
  tryAll(tries: readonly TriedValue[], isDryRun: boolean): Promise<readonly TriedPlace[]>;
  /** What is told of one cluster. */
  told(result: ClusterResult): RotationCluster;
}

/** What there is to tell as it goes, in this order. */
export type RotationStep =
  | { readonly step: "begun"; readonly names: readonly string[] }
  | { readonly step: "cluster"; readonly cluster: RotationCluster };

/** What came of all of it, besides the clusters. */
export interface RotationEnd {
  readonly verified: readonly TriedPlace[] | undefined;
  readonly proof: Proof;
  /** Whether the old value was found, now or by an earlier rotation. */
  readonly wasFound: boolean;
  /** Fingerprint of the new value. */
  readonly to: string | undefined;
}

/**
 * Replaces a value on several clusters: finds it and plans, tries the new one, writes, and looks for the
 * old one again on all clusters that there are. No two rotations of one value run at once.
 * @throws {RotationRefused} before the first step, when nothing was written
 */
export async function* rotate(
  request: RotationRequest,
  deps: RotationDeps,
): AsyncGenerator<RotationStep, RotationEnd, void> {
  const { rotation, sought, set, everywhere } = request;
  const { fingerprint } = deps;
  const key = await keyInUse(fingerprint);
  if (sought.by === "fingerprint" && key === undefined) {
    throw new RotationRefused({ kind: "fingerprints_unavailable" });
  }
  if (await isSameValue(sought, set, fingerprint)) {
    throw new RotationRefused({ kind: "same_value" });
  }
  const to = await fingerprint(set.value);
  const named = aboutOf(sought);
  const about = named === undefined ? undefined : await fingerprint(seal(named));
  const known = await fingerprintsOf(sought, fingerprint);
  const same = { to, key, known, about };
  if (request.dryRun) return yield* carriedOut(request, deps, same);
  // Of a value that cannot be fingerprinted it is not known which one it is.
  const values = sought.by === "value" && known.length === 0 ? [UNKNOWN] : known;
  const keys = [...values.map(fingerprintKey), ...named === undefined ? [] : [named]];
  const begun = deps.rotations.begin(rotation, {
    ...{ keys, by: deps.by, about, to, key, everywhere },
    names: deps.chosen.map(({ name }) => name),
  });
  if ("running" in begun) throw new RotationRefused({ kind: "running", rotation: begun.running });
  try {
    return yield* carriedOut(request, deps, { ...same, running: begun });
  } finally {
    begun.drop();
  }
}

const UNKNOWN = "unknown";

interface Known extends AsAsked {
  /** Absent of a dry run. */
  readonly running?: Running;
}

async function* carriedOut(
  request: RotationRequest,
  deps: RotationDeps,
  { running, ...same }: Known,
): AsyncGenerator<RotationStep, RotationEnd, void> {
  const { chosen, told } = deps;
  const all = await planAll(request, deps);
  const refusal = whyNot(request, all);
  if (refusal !== undefined) throw new RotationRefused(refusal);
  const plans = onceAServer(all);
  const { to, key } = same;
  const old = await whatIsOld(request, deps, all, same);
  const { found, replaces, replacesOf } = old;
  const other = running?.claim(replaces.map(fingerprintKey));
  if (other !== undefined) throw new RotationRefused({ kind: "running", rotation: other });
  // On record stands what was found, by which a later rotation knows that.
  await deps.begin(onRecord(old, same));
  const tries = plans.done.flatMap(([, { tries }]) => tries);
  const verified = request.verify ? await deps.tryAll(tries, request.dryRun) : undefined;
  if (verified !== undefined && !request.dryRun) refuseTried(request, verified);

  const names = chosen.map(({ name }) => name);
  const wasFound = found.length > 0;
  running?.note({
    replaces,
    replacesOf,
    wasFound,
    ...verified === undefined ? {} : { verified },
  });
  try {
    yield { step: "begun", names };
    for await (const result of results(request, deps, plans)) {
      const cluster = told(result);
      running?.ended(cluster);
      yield { step: "cluster", cluster };
    }
    if (running === undefined) {
      return { verified, proof: proofOfPlan(plans, replaces), wasFound, to };
    }
    const again = await lookAgain(request, deps, { plans, key, ...old });
    running.note(again);
    running.end("done");
    return { verified, ...again, to };
  } finally {
    running?.end("interrupted");
  }
}

/** Of the value that is sought, in each form in which it may be stored; of none where it is not known. */
async function fingerprintsOf(sought: Sought, fingerprint: MakeFingerprint): Promise<string[]> {
  if (sought.by === "fingerprint") return [sought.fingerprint];
  if (sought.by !== "value") return [];
  const made = await Promise.all([...sought.forms.reveal()].map((form) => fingerprint(seal(form))));
  return made.filter((each) => each !== undefined);
}
