import type { NotSeen, OldValueState, Proof, Reason, ReasonCode, ValuePlace } from "./shapes.ts";

/** What was seen when all clusters were looked at for the old value. */
export interface Evidence {
  /** Of the value, or of the values, that were looked for. */
  readonly fingerprints: readonly string[];
  /** Whether it was found at least once: by this rotation, or by an earlier one of the same value. */
  readonly wasFound: boolean;
  /** Clusters of which it is not known which old value they held. @default none */
  readonly unknownIn?: readonly string[];
  /** Where it still stands. */
  readonly places: readonly ValuePlace[];
  /** Clusters that were not seen at all. */
  readonly clustersNotSeen: readonly NotSeen[];
  /** Those of which only some namespaces were, or only a part. */
  readonly partsNotSeen: readonly NotSeen[];
  /** Whether who asks may see some clusters only. */
  readonly isLimited: boolean;
  /** Whether nothing was written, and not everything was looked at. @default false */
  readonly isDryRun?: boolean;
}

/**
 * Whether the old value may be revoked. It may only where it was found at least once, everything was
 * seen, and it stands nowhere any more: each thing that speaks against that is a reason.
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

/** A value that was never found is not gone: it may be another one than was meant. */
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
    add("dry_run", "This was a dry run: nothing was written, and only the plan was looked at");
  }
  if (!wasFound) {
    add(
      "never_found",
      "The old value was never found, by this rotation or an earlier one: check that it is the right one",
    );
  } else if (unknownIn.length > 0) {
    add(
      "never_found",
      `What was replaced in ${
        unknownIn.join(", ")
      } is not known, so it was not looked for: rotate the old ` +
        "value itself, or its fingerprint",
      unknownIn.map((cluster) => ({ cluster })),
    );
  }
  if (clustersNotSeen.length > 0) {
    const names = namesOf(clustersNotSeen).join(", ");
    add(
      "not_seen",
      `Clusters that were not seen: ${names}. Send the same request again when they can be reached`,
      clustersNotSeen,
    );
  }
  if (partsNotSeen.length > 0) {
    add(
      "namespaces_not_listed",
      `Not all namespaces could be looked into: ${namesOf(partsNotSeen).join(", ")}`,
      partsNotSeen,
    );
  }
  if (places.length > 0) {
    const where = places.length === 1
      ? "1 place still holds"
      : `${places.length} places still hold`;
    add("places_left", `${where} the old value: ${namesOf(places).join(", ")}`, places);
  }
  if (isLimited) {
    add("limited_token", "The token is for some clusters only; others may hold the old value");
  }
  return reasons;
}

const namesOf = (of: readonly { readonly cluster: string }[]): string[] =>
  [...new Set(of.map(({ cluster }) => cluster))].sort();

type Placed = Pick<NotSeen, "cluster"> & Partial<Pick<ValuePlace, "namespace" | "name" | "key">>;

/** By cluster, and in it by namespace, name and key. */
export function sorted<Each extends Placed>(places: readonly Each[]): Each[] {
  const keyed = places.map((each) =>
    [[each.cluster, each.namespace, each.name, each.key].join("\0"), each] as const
  );
  return keyed.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([, each]) => each);
}
