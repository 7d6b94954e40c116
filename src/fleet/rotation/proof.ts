import type {
  ClusterNotSeen,
  OldValueState,
  Proof,
  Reason,
  ReasonCode,
  ValuePlace,
} from "./shapes.ts";

/** The result of searching all clusters for the old value. */
export interface Evidence {
  /** Fingerprints of the values searched for. */
  readonly fingerprints: readonly string[];
  /** Whether the value was found at least once, by this rotation or by an earlier one of the same value. */
  readonly wasFound: boolean;
  /** Clusters whose old value is unknown. @default none */
  readonly unknownIn?: readonly string[];
  /** The places that still contain the value. */
  readonly places: readonly ValuePlace[];
  /** Clusters that could not be searched. */
  readonly clustersNotSeen: readonly ClusterNotSeen[];
  /** Clusters that could only be searched in part. */
  readonly partsNotSeen: readonly ClusterNotSeen[];
  /** Whether the caller's token is limited to some clusters. */
  readonly isLimited: boolean;
  /** Whether nothing was written and the clusters were not searched again. @default false */
  readonly isDryRun?: boolean;
}

/**
 * Whether the old value may be revoked: it was found at least once, everything could be searched, and it is in no place
 * any more. Each violation is a reason.
 */
export function proofOf(evidence: Evidence): Proof {
  const { fingerprints, places, clustersNotSeen, partsNotSeen } = evidence;
  const reasons = reasonsOf(evidence);
  return {
    old_value: {
      state: stateOf(evidence),
      fingerprints: [...fingerprints].sort(),
      places: sorted(places),
      not_seen: sorted([...clustersNotSeen, ...partsNotSeen]),
    },
    safe_to_revoke: reasons.length === 0,
    ...reasons.length === 0 ? {} : { reasons },
  };
}

/** A value that was never found is not "gone": it may be the wrong value. */
function stateOf(evidence: Evidence): OldValueState {
  const { places, clustersNotSeen, partsNotSeen, isLimited, wasFound, isDryRun } = evidence;
  const isFound = wasFound && (evidence.unknownIn ?? []).length === 0;
  if (places.length > 0) return "remains";
  const isAllSeen = clustersNotSeen.length + partsNotSeen.length === 0 &&
    !isLimited && !isDryRun;
  return isAllSeen && isFound ? "gone" : "unknown";
}

function reasonsOf(evidence: Evidence): Reason[] {
  const { wasFound, unknownIn = [], places, clustersNotSeen, partsNotSeen, isLimited } = evidence;
  const reasons: Reason[] = [];
  const add = (code: ReasonCode, message: string, of: readonly { cluster: string }[] = []) => {
    const clusters = namesOf(of);
    reasons.push({ code, message, ...clusters.length === 0 ? {} : { clusters } });
  };
  if (evidence.isDryRun) {
    add("dry_run", "Dry run: nothing was written, and the clusters were not searched again");
  }
  if (!wasFound) {
    add(
      "never_found",
      "The old value was never found, neither by this rotation nor by an earlier one. Check that it is " +
        "the right value",
    );
  } else if (unknownIn.length > 0) {
    add(
      "never_found",
      `The value that was replaced in ${unknownIn.join(", ")} is unknown, so it was not searched ` +
        "for. Rotate by the old value or its fingerprint instead",
      unknownIn.map((cluster) => ({ cluster })),
    );
  }
  if (clustersNotSeen.length > 0) {
    const names = namesOf(clustersNotSeen).join(", ");
    add(
      "not_seen",
      `Clusters that could not be searched: ${names}. Send the same request again when they are ` +
        "reachable",
      clustersNotSeen,
    );
  }
  if (partsNotSeen.length > 0) {
    add(
      "namespaces_not_listed",
      `Some namespaces could not be searched in: ${namesOf(partsNotSeen).join(", ")}`,
      partsNotSeen,
    );
  }
  if (places.length > 0) {
    const where = places.length === 1
      ? "1 place still contains"
      : `${places.length} places still contain`;
    add("places_left", `${where} the old value: ${namesOf(places).join(", ")}`, places);
  }
  if (isLimited) {
    add(
      "limited_token",
      "The token is limited to some clusters; others may contain the old value",
    );
  }
  return reasons;
}

const namesOf = (of: readonly { readonly cluster: string }[]): string[] =>
  [...new Set(of.map(({ cluster }) => cluster))].sort();

type Placed =
  & Pick<ClusterNotSeen, "cluster">
  & Partial<Pick<ValuePlace, "namespace" | "name" | "key">>;

/** Sorts by cluster, namespace, name and key. */
export function sorted<Each extends Placed>(places: readonly Each[]): Each[] {
  const keyed = places.map((each) =>
    [[each.cluster, each.namespace, each.name, each.key].join("\0"), each] as const
  );
  return keyed.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([, each]) => each);
}
