import { PendingChecks } from "../../credentials/checks/pending_checks.ts";
import { type CheckDeps, runChecks } from "../../credentials/checks/run_checks.ts";
import type { ValueToCheck } from "../../credentials/checks/check_target.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import { VERIFIED_HERE, type VerifiedPlace } from "./shapes.ts";

export interface VerifyNewDeps extends CheckDeps {
  readonly fingerprint: MakeFingerprint;
}

/** A place with its result, and what decides whether its result also counts for a template. */
interface NamedPlace {
  readonly place: VerifiedPlace;
  /** Whether the value can be verified there. */
  readonly isVerifiable: boolean;
  readonly username: string | undefined;
}

/**
 * Verifies the new value where it will be used, once at each distinct place. Remembered results do not count, because
 * the value may have been given its permissions since. A template without a repository is verified at a repository
 * below its URL, on any cluster.
 * @param isDryRun whether to send no request, and only return where the value would be verified
 */
export async function verifyNewValue(
  values: readonly ValueToCheck[],
  isDryRun: boolean,
  deps: VerifyNewDeps,
): Promise<VerifiedPlace[]> {
  const tries = new PendingChecks<undefined>(deps);
  for (const value of values) await tries.add(value, undefined);
  const all = tries.all();
  const places = isDryRun
    ? all.map(planned)
    : (await runChecks(all, { ...deps, isFresh: true })).map(verifiedPlace);
  const named = places.map((place, i): NamedPlace => {
    const { username } = all[i]!;
    return { place, isVerifiable: "what" in all[i]!, username };
  });
  return named.map((each) => each.isVerifiable ? each.place : atRepository(each, named, isDryRun));
}

function planned(each: ReturnType<PendingChecks<undefined>["all"]>[number]): VerifiedPlace {
  const { at } = each;
  return "what" in each
    ? { at, state: "not_tried", message: VERIFIED_HERE }
    : { at, state: "not_tried", message: each.notTried, unverifiable: true };
}

function verifiedPlace(
  { place, state, message, expires, open, cached }: Awaited<
    ReturnType<typeof runChecks<undefined>>
  >[number],
): VerifiedPlace {
  return {
    at: place,
    state,
    message,
    ...expires !== undefined && { expires },
    ...open && { open },
    ...cached && { cached },
  };
}

/** The result of a place that cannot be verified itself: that of a repository below its URL with the same user name. */
function atRepository(
  { place, username }: NamedPlace,
  all: readonly NamedPlace[],
  isDryRun: boolean,
): VerifiedPlace {
  if (!place.at.includes("://")) return place;
  const below = place.at.endsWith("/") ? place.at : `${place.at}/`;
  const other = all.find((each) =>
    each.isVerifiable && each.username === username && each.place.at.startsWith(below)
  );
  if (other === undefined) return place;
  const { at, state, open, expires } = other.place;
  const message = isDryRun
    ? `Will be verified at ${at}`
    : state === "accepted"
    ? `Verified at ${at}`
    : `At ${at}: ${other.place.message}`;
  return {
    ...{ at: place.at, state, message },
    ...expires !== undefined && { expires },
    ...open && { open },
  };
}
