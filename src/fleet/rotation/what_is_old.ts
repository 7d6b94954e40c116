import type { Found } from "../../credentials/recorded.ts";
import { isIdentity } from "../../credentials/rotation/sought.ts";
import { type Earlier, NOTHING_EARLIER } from "./earlier.ts";
import type { SameAgain } from "./past.ts";
import type { RotationRequest } from "./request.ts";
import { failuresOf, type Plans } from "./results.ts";

export interface OldDeps {
  /** What earlier rotations of the same have found. */
  earlier(same: SameAgain): Promise<Earlier>;
}

/** What a request tells of it. */
export interface AsAsked {
  /** Fingerprint of the new value. */
  readonly to: string | undefined;
  /** By which key fingerprints are made; absent where none can be. */
  readonly key: string | undefined;
  /** Fingerprints of the old value, as far as the request tells them. */
  readonly known: readonly string[];
  /** Of what is sought where that is no value: see {@link SameAgain}. */
  readonly about: string | undefined;
}

/** What is known of the old value when all is planned. */
export interface Old {
  /** Fingerprints of what was found, now or by an earlier rotation of the same. */
  readonly found: readonly string[];
  /** Fingerprints of what is replaced: what was found, else the forms that it may have. */
  readonly replaces: readonly string[];
  /** Clusters of which nothing else was replaced. */
  readonly replacesOf: readonly string[];
  /** Clusters of which it is not known what they held before. */
  readonly unknownIn: readonly string[];
  /** Of what was found, what the plan has not. */
  readonly earlier: readonly string[];
}

/** Says what the old value is, by what was found of it. */
export async function whatIsOld(
  { sought, everywhere, dryRun }: RotationRequest,
  deps: OldDeps,
  { done, failed }: Plans,
  { to, key, known, about }: AsAsked,
): Promise<Old> {
  const values = [...new Set(done.flatMap(([, { replaces }]) => replaces))];
  // Of what stands only within a longer text, or with white space around it, none of its own was read.
  const isSeen = done.some(([, { plan }]) => plan.places.length > 0);
  const planned = values.length === 0 && isSeen ? known : values;
  const isOne = !isIdentity(sought);
  const before = dryRun || about === undefined || key === undefined
    ? NOTHING_EARLIER
    : await deps.earlier({ about, key, to, everywhere });
  const earlier = before.replaces.filter((each) => !planned.includes(each));
  const found = [...planned, ...earlier];
  // What holds the new one already held another one, or none; and so may what could not be read.
  const isKnown = (name: string) => isOne || before.replacesOf.includes(name);
  const [unchanged, others] = [true, false].map((wanted) =>
    done.filter(([, { plan }]) => plan.unchanged.length > 0 === wanted)
      .map(([{ name }]) => name)
  ) as [string[], string[]];
  const unread = failuresOf(failed).map(({ cluster: { name } }) => name);
  return {
    ...{ found, earlier, replaces: found.length > 0 ? found : known },
    replacesOf: isOne ? [] : [...others, ...unchanged.filter(isKnown)].sort(),
    unknownIn: [...unchanged, ...unread].filter((name) => !isKnown(name)).sort(),
  };
}

/** What of that stands in the audit log. */
export function onRecord(
  { found, replacesOf }: Old,
  { key, about }: Pick<AsAsked, "key" | "about">,
): Found {
  return {
    ...{ replaces: found, replacesOf },
    ...key !== undefined && { key },
    ...about !== undefined && { about },
  };
}
