import type { AttemptDetails } from "../../credentials/recorded.ts";
import { isIdentity } from "../../credentials/rotation/sought.ts";
import { type Earlier, NOTHING_EARLIER } from "./earlier.ts";
import type { SameSearch } from "./past.ts";
import type { RotationRequest } from "./request.ts";
import { failuresOf, type Plans } from "./results.ts";

export interface OldValueDeps {
  /** What earlier rotations with the same search found. */
  earlier(same: SameSearch): Promise<Earlier>;
}

/** What the request tells about the values. */
export interface FromRequest {
  /** Fingerprint of the new value. */
  readonly to: string | undefined;
  /** Identifies the key of the fingerprints; absent where fingerprints are unavailable. */
  readonly key: string | undefined;
  /** Fingerprints of the old value; empty where the request does not give it. */
  readonly known: readonly string[];
  /** Fingerprint of the search: see {@link SameSearch}. */
  readonly about: string | undefined;
}

/** What is known about the old value after planning. */
export interface OldValueKnown {
  /** Fingerprints of the values found, now or by an earlier rotation with the same search. */
  readonly found: readonly string[];
  /** Fingerprints of the replaced values: those found, otherwise the given value's possible forms. */
  readonly replaces: readonly string[];
  /** Clusters on which no other values were replaced. */
  readonly replacesOf: readonly string[];
  /** Clusters whose old value is unknown. */
  readonly unknownIn: readonly string[];
  /** The values found that are not in the plans. */
  readonly earlier: readonly string[];
}

/** Determines the old value from what was found. */
export async function oldValueOf(
  { sought, everywhere, dryRun }: RotationRequest,
  deps: OldValueDeps,
  { done, failed }: Plans,
  { to, key, known, about }: FromRequest,
): Promise<OldValueKnown> {
  const values = [...new Set(done.flatMap(([, { replaces }]) => replaces))];
  // A value that is only found within longer texts or with white space around it has no value in the plans.
  const isSeen = done.some(([, { plan }]) => plan.places.length > 0);
  const planned = values.length === 0 && isSeen ? known : values;
  const isOne = !isIdentity(sought);
  const before = dryRun || about === undefined || key === undefined
    ? NOTHING_EARLIER
    : await deps.earlier({ about, key, to, everywhere });
  const earlier = before.replaces.filter((each) => !planned.includes(each));
  const found = [...planned, ...earlier];
  // A secret that already has the new value had an unknown one before; so may a cluster that could not be read.
  const isKnown = (name: string) => isOne || before.replacesOf.includes(name);
  const [unchanged, others] = [true, false].map((wanted) =>
    done.filter(([, { plan }]) => plan.unchanged.length > 0 === wanted)
      .map(([{ name }]) => name)
  ) as [string[], string[]];
  // A part that could not be read may contain other values.
  const whole = new Set(
    done.flatMap(([{ name }, { notSeen }]) => notSeen.length > 0 ? [] : [name]),
  );
  const replacesOf = [...others, ...unchanged.filter(isKnown)].filter((name) => whole.has(name));
  const unread = failuresOf(failed).map(({ cluster: { name } }) => name);
  return {
    ...{ found, earlier, replaces: found.length > 0 ? found : known },
    replacesOf: isOne ? [] : replacesOf.sort(),
    unknownIn: [...unchanged, ...unread].filter((name) => !isKnown(name)).sort(),
  };
}

/** The part of it that the audit log records. */
export function onRecord(
  { found, replacesOf }: OldValueKnown,
  { key, about }: Pick<FromRequest, "key" | "about">,
): AttemptDetails {
  return {
    ...{ replaces: found, replacesOf },
    ...key !== undefined && { key },
    ...about !== undefined && { about },
  };
}
