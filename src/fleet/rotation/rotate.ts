import type { ValueToCheck } from "../../credentials/checks/check_target.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { Begin } from "../../credentials/recorded.ts";
import { isSameValue, type Sought } from "../../credentials/rotation/sought.ts";
import { seal } from "../../log/sealed.ts";
import { lookAgain, type LookDeps, proofOfPlan } from "./look_again.ts";
import { keyInUse } from "./memories.ts";
import { oncePerServer } from "./once_per_server.ts";
import { RotationRefused } from "./refusal.ts";
import { aboutOf, type RotationRequest } from "./request.ts";
import { type ClusterResult, planRotations, results } from "./results.ts";
import { fingerprintKey, type Rotations, type Running } from "./rotations.ts";
import type { Proof, RotationCluster, VerifiedPlace } from "./shapes.ts";
import { type FromRequest, type OldValueDeps, oldValueOf, onRecord } from "./old_value.ts";
import { refusalOfPlans, requireAccepted } from "./refusal_of_plans.ts";

/** The dependencies of a rotation. */
export interface RotationDeps extends LookDeps, OldValueDeps {
  readonly rotations: Rotations;
  /** The caller. */
  readonly by: string;
  /** Records the start in the audit log, before anything is verified or written. */
  readonly begin: Begin;
  /**
   * Verifies the new value once at each distinct place.
   * @param isDryRun whether to send no request, and only return where it would be verified
   */
  verifyAll(tries: readonly ValueToCheck[], isDryRun: boolean): Promise<readonly VerifiedPlace[]>;
  /** The result of one cluster as it is returned to the caller. */
  shown(result: ClusterResult): RotationCluster;
}

/** The steps of a rotation, in this order. */
export type RotationStep =
  | { readonly step: "started"; readonly names: readonly string[] }
  | { readonly step: "cluster"; readonly cluster: RotationCluster };

/** The result of a rotation, without its clusters. */
export interface RotationResult {
  readonly verified: readonly VerifiedPlace[] | undefined;
  readonly proof: Proof;
  /** Whether the old value was found, by this or by an earlier rotation. */
  readonly wasFound: boolean;
  /** Fingerprint of the new value. */
  readonly to: string | undefined;
}

/**
 * Replaces a value on several clusters: finds the old one, plans, verifies the new one, writes, and searches all
 * clusters for the old one again. Rotations of the same value never run concurrently.
 * @throws {RotationRefused} before the first step; nothing was written then
 */
export async function* rotate(
  request: RotationRequest,
  deps: RotationDeps,
): AsyncGenerator<RotationStep, RotationResult, void> {
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
  if (request.dryRun) return yield* carryOut(request, deps, same);
  // Without fingerprints values cannot be told apart, so they share one key.
  const values = sought.by === "value" && known.length === 0 ? [UNKNOWN] : known;
  const keys = [...values.map(fingerprintKey), ...named === undefined ? [] : [named]];
  const running = deps.rotations.start(rotation, {
    ...{ keys, by: deps.by, about, to, key, everywhere },
    names: deps.chosen.map(({ name }) => name),
  });
  if ("running" in running) {
    throw new RotationRefused({ kind: "running", rotation: running.running });
  }
  try {
    return yield* carryOut(request, deps, { ...same, running });
  } finally {
    running.drop();
  }
}

const UNKNOWN = "unknown";

interface Known extends FromRequest {
  /** Absent in a dry run. */
  readonly running?: Running;
}

async function* carryOut(
  request: RotationRequest,
  deps: RotationDeps,
  { running, ...same }: Known,
): AsyncGenerator<RotationStep, RotationResult, void> {
  const { chosen, shown } = deps;
  const all = await planRotations(request, deps);
  const refusal = refusalOfPlans(request, all);
  if (refusal !== undefined) throw new RotationRefused(refusal);
  const plans = oncePerServer(all);
  const { to, key } = same;
  const old = await oldValueOf(request, deps, all, same);
  const { found, replaces, replacesOf } = old;
  const other = running?.claim(replaces.map(fingerprintKey));
  if (other !== undefined) throw new RotationRefused({ kind: "running", rotation: other });
  // The audit log records the values found, so that a later rotation knows them.
  await deps.begin(onRecord(old, same));
  const tries = plans.done.flatMap(([, { tries }]) => tries);
  const verified = request.verify ? await deps.verifyAll(tries, request.dryRun) : undefined;
  if (verified !== undefined && !request.dryRun) requireAccepted(request, verified);

  const names = chosen.map(({ name }) => name);
  const wasFound = found.length > 0;
  running?.note({
    replaces,
    replacesOf,
    wasFound,
    ...verified === undefined ? {} : { verified },
  });
  try {
    yield { step: "started", names };
    for await (const result of results(request, deps, plans)) {
      const cluster = shown(result);
      running?.add(cluster);
      yield { step: "cluster", cluster };
    }
    if (running === undefined) {
      return { verified, proof: proofOfPlan(plans, replaces), wasFound, to };
    }
    const again = await lookAgain(request, deps, { plans, key, ...old });
    running.note(again);
    running.finish("done");
    return { verified, ...again, to };
  } finally {
    running?.finish("interrupted");
  }
}

/** The fingerprints of all forms of the given value; empty for a search by registry, URL or name. */
async function fingerprintsOf(sought: Sought, fingerprint: MakeFingerprint): Promise<string[]> {
  if (sought.by === "fingerprint") return [sought.fingerprint];
  if (sought.by !== "value") return [];
  const made = await Promise.all([...sought.forms.reveal()].map((form) => fingerprint(seal(form))));
  return made.filter((each) => each !== undefined);
}
