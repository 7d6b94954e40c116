import { CHECK_STATES, type CheckState } from "../../credentials/checks/result.ts";
import type { CheckedPlace } from "../../credentials/checks/run_checks.ts";
import type { CheckCell, Collected } from "../../fleet/checks/collect.ts";
import type { CheckedAnswer, ReadAnswer } from "../check_answers.ts";
import type { Outcome } from "../../audit/entry.ts";
import type { Json } from "../reply.ts";
import { type EntryOutcome, summaryOf } from "./fleet.ts";
import type { UnseenCluster } from "./found.ts";

/** Results of verifying the credentials of all clusters that could be read. */
export interface Checked {
  readonly places: readonly CheckedPlace<CheckCell>[];
  /** Result of reading each cluster. */
  readonly entries: readonly EntryOutcome[];
  readonly notSeen: readonly UnseenCluster[];
  readonly fingerprintsEnd?: string | undefined;
}

/** The answer of one cluster in a stream. */
export function readAnswer(cluster: string, { secrets, values, warnings }: Collected): Json {
  const body: ReadAnswer = {
    cluster,
    status: "success",
    secrets,
    values,
    ...warnings.length > 0 && { warnings: [...warnings] },
  };
  return { status: 200, body };
}

export function checksAnswer({ places, entries, notSeen, fingerprintsEnd }: Checked): Json {
  const { status, body } = summaryOf([...entries].sort(byCluster), notSeen.length === 0);
  const checks = places.map(checkedAnswer).sort(byPlace);
  return {
    status,
    body: {
      checks,
      total: checks.length,
      ...countsOf(places),
      not_seen: [...notSeen].sort(byCluster),
      ...fingerprintsEnd !== undefined && { fingerprints_end: fingerprintsEnd },
      ...body,
    },
  };
}

/** The outcome for the audit log. */
export function outcomeOfChecks(places: readonly CheckedPlace<CheckCell>[]): Outcome {
  const counts = countsOf(places);
  const isTried = counts.accepted + counts.refused + counts.unreachable > 0;
  const isAccepted = counts.refused === 0 && counts.unreachable === 0;
  return { outcome: !isTried ? "not_tried" : isAccepted ? "accepted" : "not_accepted", counts };
}

function checkedAnswer({ cells, ...place }: CheckedPlace<CheckCell>): CheckedAnswer {
  const sorted = cells.toSorted((a, b) =>
    compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) ||
    compare(a.name, b.name) || compare(a.key, b.key)
  );
  return { ...place, cells: sorted };
}

function countsOf(places: readonly { readonly state: CheckState }[]): Record<CheckState, number> {
  const counts = Object.fromEntries(CHECK_STATES.map((state) => [state, 0])) as Record<
    CheckState,
    number
  >;
  for (const { state } of places) counts[state]++;
  return counts;
}

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

const byCluster = (a: { cluster: string }, b: { cluster: string }) => compare(a.cluster, b.cluster);

function byPlace(a: CheckedAnswer, b: CheckedAnswer): number {
  return compare(a.place, b.place) || compare(a.username ?? "", b.username ?? "") ||
    compare(a.fingerprint ?? "", b.fingerprint ?? "");
}
