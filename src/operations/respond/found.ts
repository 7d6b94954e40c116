import type { Found, FoundPlace } from "../../credentials/rotation/find.ts";
import type { ClusterEntry } from "../fleet_answers.ts";
import type { Json } from "../reply.ts";
import { type EntryOutcome, summaryOf } from "./fleet.ts";

/** Of a cluster that was seen, but not in all its namespaces. */
export const NOT_LISTED = "namespaces_not_listed";

/** A place, and in which cluster. */
export interface Place extends FoundPlace {
  readonly cluster: string;
}

/** What could not be seen of a cluster, in a word and a sentence. */
export interface NotSeen {
  readonly cluster: string;
  readonly status: string;
  readonly message: string;
}

/** What was found in one cluster. */
export interface FoundInCluster {
  readonly cluster: string;
  readonly status: "success";
  readonly places: readonly Place[];
  /** Where it may stand, too. */
  readonly not_seen?: readonly NotSeen[];
}

/** The answer about all of them. */
export interface FoundEverywhere {
  readonly places: readonly Place[];
  readonly not_seen: readonly NotSeen[];
  readonly total: number;
  readonly success: boolean;
  /** Of a fingerprint: why those of another process are others. */
  readonly fingerprints_end?: string;
  /** What to know of the value that was given. */
  readonly hint?: string;
}

/** What one cluster answers. */
export function foundAnswer(cluster: string, found: Found): Json {
  const notSeen = notSeenIn(cluster, found);
  const body: FoundInCluster = {
    cluster,
    status: "success",
    places: found.places.map((place) => ({ cluster, ...place })),
    ...notSeen.length > 0 && { not_seen: notSeen },
  };
  return { status: 200, body };
}

/** Why there may be places that were not looked at; nothing where all were. */
export function notSeenIn(
  cluster: string,
  { isWhole, refused, warnings }: Pick<Found, "isWhole" | "refused" | "warnings">,
): NotSeen[] {
  if (isWhole && refused.length === 0) return [];
  return [{ cluster, status: NOT_LISTED, message: warnings.join(". ") }];
}

/** What an entry of a cluster says, as far as the whole is made of it. */
type Said = Partial<FoundInCluster> & {
  readonly status?: string;
  readonly code?: string;
  readonly message?: string;
};

/** What of a cluster was not seen: it as a whole, or some of it. */
export function notSeenOf({ cluster, status_code, answer }: EntryOutcome): readonly NotSeen[] {
  const { status, code = "error", message = "", not_seen = [] } = answer as Said;
  return status_code < 400 ? not_seen : [{ cluster, status: status ?? code, message }];
}

/** The one answer. @param entries of the clusters, sorted by name */
export function everywhereAnswer(entries: readonly ClusterEntry[], more: object = {}): Json {
  const places = entries.flatMap(({ status_code, answer }) =>
    status_code < 400 ? (answer as FoundInCluster).places : []
  );
  return countedAnswer(entries, entries.flatMap(notSeenOf), places.length, { places, ...more });
}

/**
 * The same without the places, which were told already.
 * @param entries what came of each, without what was found
 */
export function countedAnswer(
  entries: readonly EntryOutcome[],
  notSeen: readonly NotSeen[],
  total: number,
  more: object = {},
): Json {
  const { status, body } = summaryOf(entries);
  const isWhole = body.success && notSeen.length === 0;
  const { success: _, ...others } = body;
  return {
    status: status === 200 && !isWhole ? 207 : status,
    body: { success: isWhole, ...more, not_seen: notSeen, total, ...others },
  };
}
