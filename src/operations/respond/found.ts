import type { FoundPlace, FoundPlaces } from "../../credentials/rotation/find.ts";
import type { ClusterEntry } from "../fleet_answers.ts";
import type { Json } from "../reply.ts";
import { type EntryOutcome, summaryOf } from "./fleet.ts";

/** Status of a cluster whose namespaces could not all be listed. */
export const NOT_LISTED = "namespaces_not_listed";

/** A place and its cluster. */
export interface PlaceInCluster extends FoundPlace {
  readonly cluster: string;
}

/** Why a cluster, or a part of it, could not be read. */
export interface UnseenCluster {
  readonly cluster: string;
  readonly status: string;
  readonly message: string;
}

/** The places found in one cluster. */
export interface FoundInCluster {
  readonly cluster: string;
  readonly status: "success";
  readonly places: readonly PlaceInCluster[];
  /** Where the credential may be, too. */
  readonly not_seen?: readonly UnseenCluster[];
}

/** The answer for all clusters. */
export interface FoundEverywhere {
  readonly places: readonly PlaceInCluster[];
  readonly not_seen: readonly UnseenCluster[];
  readonly total: number;
  readonly success: boolean;
  /** Why fingerprints of another process differ; only if a fingerprint was given. */
  readonly fingerprints_end?: string;
  /** A hint about the given value. */
  readonly hint?: string;
}

/** The answer of one cluster. */
export function foundAnswer(cluster: string, found: FoundPlaces): Json {
  const notSeen = notSeenIn(cluster, found);
  const body: FoundInCluster = {
    cluster,
    status: "success",
    places: found.places.map((place) => ({ cluster, ...place })),
    ...notSeen.length > 0 && { not_seen: notSeen },
  };
  return { status: 200, body };
}

/** Why places may have been missed; empty if all namespaces were read. */
export function notSeenIn(
  cluster: string,
  { isWhole, refused, warnings }: Pick<FoundPlaces, "isWhole" | "refused" | "warnings">,
): UnseenCluster[] {
  if (isWhole && refused.length === 0) return [];
  return [{ cluster, status: NOT_LISTED, message: warnings.join(". ") }];
}

/** The fields of a cluster's answer that the answer for all clusters needs. */
type ClusterAnswerParts = Partial<FoundInCluster> & {
  readonly status?: string;
  readonly code?: string;
  readonly message?: string;
};

/** The whole cluster, or the parts of it, that could not be read. */
export function notSeenOf(
  { cluster, status_code, answer }: EntryOutcome,
): readonly UnseenCluster[] {
  const { status, code = "error", message = "", not_seen = [] } = answer as ClusterAnswerParts;
  return status_code < 400 ? not_seen : [{ cluster, status: status ?? code, message }];
}

/** The answer for all clusters. @param entries sorted by name */
export function everywhereAnswer(entries: readonly ClusterEntry[], more: object = {}): Json {
  const places = entries.flatMap(({ status_code, answer }) =>
    status_code < 400 ? (answer as FoundInCluster).places : []
  );
  return countedAnswer(entries, entries.flatMap(notSeenOf), places.length, { places, ...more });
}

/**
 * The same without the places, which a stream has already sent.
 * @param entries results of the clusters, without places
 */
export function countedAnswer(
  entries: readonly EntryOutcome[],
  notSeen: readonly UnseenCluster[],
  total: number,
  more: object = {},
): Json {
  const { status, body: { success, ...others } } = summaryOf(entries, notSeen.length === 0);
  return { status, body: { success, ...more, not_seen: notSeen, total, ...others } };
}
