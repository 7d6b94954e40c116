import type { RotationRecord } from "../../fleet/rotation/rotations.ts";
import {
  CLUSTER_STATES,
  type ClusterState,
  NEVER_LOOKED_AT,
  type Reason,
  type RotationCluster,
} from "../../fleet/rotation/shapes.ts";
import { type Identity, includesRole } from "../../tokens/rights.ts";
import { plural } from "../../text/plural.ts";
import type { Json } from "../reply.ts";
import { type EntryOutcome, summaryOf } from "./fleet.ts";

/** What a restart of the server loses. */
export interface Persistence {
  /** Whether an audit log keeps the results. @default true */
  readonly hasAuditLog?: boolean;
  /** Why fingerprints change with a restart; absent if they do not. */
  readonly fingerprintsEnd?: string | undefined;
}

export interface RotationAnswerOptions extends Persistence {
  readonly hints?: readonly string[];
  /** Whether events have already reported the clusters. */
  readonly isStreamed?: boolean;
}

/** The answer to a rotation that has finished, or to its dry run. */
export function rotationAnswer(
  record: RotationRecord,
  { hints = [], isStreamed = false, ...persistence }: RotationAnswerOptions,
): Json {
  const { status, body: { success, ...summary } } = summaryOf(record.clusters.map(outcomeOf));
  const { clusters, message, ...more } = bodyOf(record, persistence);
  const body = {
    success,
    ...more,
    ...isStreamed ? {} : { clusters },
    ...hints.length === 0 ? {} : { hint: hints.join(". ") },
    message,
    ...summary,
  };
  return { status, body };
}

/** The state of a rotation, for users who may see it. */
export function rotationShown(
  record: RotationRecord,
  { role }: Identity,
  persistence: Persistence,
): Json {
  const { succeeded, failed, not_begun } = countsOf(record);
  const success = record.state === "done" && failed + not_begun === 0;
  const { by, ...more } = bodyOf(record, persistence);
  // Only admins may read the audit log, which names the user.
  const who = includesRole(role, "admin") ? { by } : {};
  return { status: 200, body: { success, ...more, ...who, succeeded, failed, not_begun } };
}

/** The clusters that succeeded, failed or were skipped, also those that the audit log has only counted. */
function countsOf({ counts, clusters }: RotationRecord) {
  if (counts === undefined) return summaryOf(clusters.map(outcomeOf)).body;
  const { failed = 0, not_begun = 0, rotated = 0, unchanged = 0, not_found = 0 } = counts;
  return { succeeded: rotated + unchanged + not_found, failed, not_begun };
}

const countOf = ({ counts, clusters }: RotationRecord, wanted: ClusterState): number =>
  counts === undefined
    ? clusters.filter(({ status }) => status === wanted).length
    : counts[wanted] ?? 0;

function bodyOf(record: RotationRecord, { hasAuditLog = true, fingerprintsEnd }: Persistence) {
  const { rotation, state, started, ended, by, names, verified, proof, to } = record;
  const clusters = record.clusters.toSorted((a, b) => a.cluster < b.cluster ? -1 : 1);
  const count = (wanted: ClusterState) => countOf(record, wanted);
  const canRollBack = state !== "planned" && to !== undefined && count("rotated") > 0;
  return {
    rotation,
    state,
    ...state === "planned" ? { dry_run: true } : {},
    started,
    ...ended === undefined ? {} : { ended },
    by,
    selected: names.length,
    clusters,
    rotated: count("rotated"),
    unchanged: count("unchanged"),
    not_found: count("not_found"),
    ...hasAuditLog || proof?.reasons === undefined
      ? proof
      : { ...proof, reasons: proof.reasons.map(withoutLog) },
    ...verified === undefined ? {} : { verified },
    never_searched: NEVER_LOOKED_AT,
    ...canRollBack ? { rollback: rollbackOf(to, fingerprintsEnd) } : {},
    message: sentence(record),
  };
}

const outcomeOf = ({ cluster, status_code, answer = {} }: RotationCluster): EntryOutcome => ({
  ...{ cluster, status_code, answer },
});

function rollbackOf(to: string, fingerprintsEnd: string | undefined) {
  return {
    message: "To roll back, send the same request with the old and the new value swapped",
    find: { fingerprint: to },
    ...fingerprintsEnd === undefined ? {} : { fingerprints_end: fingerprintsEnd },
  };
}

/** Without an audit log, an earlier process may have found what this one never did. */
function withoutLog(reason: Reason): Reason {
  if (reason.code !== "never_found") return reason;
  return {
    ...reason,
    message:
      `${reason.message}. Without an audit log (setting audit-log), results from before the server ` +
      "started are not kept",
  };
}

function sentence(record: RotationRecord): string {
  const { clusters, names, proof, state } = record;
  const done = countOf(record, "rotated");
  const isFound = clusters.some(({ left }) => left.length > 0) ||
    CLUSTER_STATES.some((each) => each !== "not_found" && countOf(record, each) > 0);
  const all = plural(names.length, "cluster");
  if (state === "planned" && !isFound) return `Not found on any of ${all}; nothing was written`;
  if (state === "done" && !isFound) {
    return `Not found on any of ${all}; the old value is ` +
      (proof?.safe_to_revoke ? "gone and safe to revoke" : "not safe to revoke yet");
  }
  const where = `${done} of ${all}`;
  if (state === "planned") return `${where} would be rotated; nothing was written`;
  if (state === "running") return `${where} rotated so far`;
  if (state === "interrupted") {
    return `${where} rotated, then interrupted. Send the same request again to continue`;
  }
  return proof?.safe_to_revoke
    ? `${where} rotated; the old value is gone and safe to revoke`
    : `${where} rotated; the old value is not safe to revoke yet`;
}
