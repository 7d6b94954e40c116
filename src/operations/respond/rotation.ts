import type { RotationRecord } from "../../fleet/rotation/rotations.ts";
import { NEVER_LOOKED_AT, type Reason, type RotationCluster } from "../../fleet/rotation/shapes.ts";
import { type Identity, includesRole } from "../../tokens/rights.ts";
import type { Json } from "../reply.ts";
import { type EntryOutcome, summaryOf } from "./fleet.ts";

/** What this process does not remember when it has ended. */
export interface Remembers {
  /** Whether an audit log does. @default true */
  readonly hasAuditLog?: boolean;
  /** Why its fingerprints end with it; absent where they do not. */
  readonly fingerprintsEnd?: string | undefined;
}

export interface ToldMore extends Remembers {
  readonly hints?: readonly string[];
  /** Whether the clusters were told already, by events. */
  readonly isStreamed?: boolean;
}

/** The answer to a rotation that has ended, or would be carried out. */
export function rotationAnswer(
  record: RotationRecord,
  { hints = [], isStreamed = false, ...remembers }: ToldMore,
): Json {
  const { status, body: { success, ...summary } } = summaryOf(record.clusters.map(outcomeOf));
  const { clusters, message, ...more } = told(record, remembers);
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

/** What is known of a rotation, to whoever may see it. */
export function rotationShown(
  record: RotationRecord,
  { role }: Identity,
  remembers: Remembers,
): Json {
  const { succeeded, failed, not_begun } = summaryOf(record.clusters.map(outcomeOf)).body;
  const success = record.state === "done" && failed + not_begun === 0;
  const { by, ...more } = told(record, remembers);
  // Who did it is in the audit log, which is for admins.
  const who = includesRole(role, "admin") ? { by } : {};
  return { status: 200, body: { success, ...more, ...who, succeeded, failed, not_begun } };
}

function told(record: RotationRecord, { hasAuditLog = true, fingerprintsEnd }: Remembers) {
  const { rotation, state, started, ended, by, names, verified, proof, to } = record;
  const clusters = record.clusters.toSorted((a, b) => a.cluster < b.cluster ? -1 : 1);
  const count = (wanted: RotationCluster["status"]) =>
    clusters.filter(({ status }) => status === wanted).length;
  const isUndoable = state !== "planned" && to !== undefined && count("rotated") > 0;
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
    never_looked_at: NEVER_LOOKED_AT,
    ...isUndoable ? { undo: undoOf(to, fingerprintsEnd) } : {},
    message: sentence(record),
  };
}

const outcomeOf = ({ cluster, status_code, answer = {} }: RotationCluster): EntryOutcome => ({
  ...{ cluster, status_code, answer },
});

function undoOf(to: string, fingerprintsEnd: string | undefined) {
  return {
    message: "To go back, send the same request with the old and the new value exchanged",
    find: { fingerprint: to },
    ...fingerprintsEnd === undefined ? {} : { fingerprints_end: fingerprintsEnd },
  };
}

/** What was never found may have been by a process that has ended. */
function withoutLog(reason: Reason): Reason {
  if (reason.code !== "never_found") return reason;
  return {
    ...reason,
    message:
      `${reason.message}. Without an audit log (setting audit-log) it is not remembered what ` +
      "was found before this process started",
  };
}

function sentence({ clusters, names, proof, state }: RotationRecord): string {
  const done = clusters.filter(({ status }) => status === "rotated").length;
  const isFound = clusters.some(({ status, left }) => status !== "not_found" || left.length > 0);
  const all = `${names.length} cluster(s)`;
  if (state === "planned" && !isFound) return `Found on none of ${all}; nothing was written`;
  if (state === "done" && !isFound) {
    return `Found on none of ${all}; the old value is ` +
      (proof?.safe_to_revoke ? "gone and safe to revoke" : "not safe to revoke yet");
  }
  const where = `${done} of ${all}`;
  if (state === "planned") return `${where} would be rotated; nothing was written`;
  if (state === "running") return `${where} rotated so far`;
  if (state === "interrupted") {
    return `${where} rotated, then it was interrupted; the same request again continues it`;
  }
  return proof?.safe_to_revoke
    ? `${where} rotated; the old value is gone and safe to revoke`
    : `${where} rotated; the old value is not safe to revoke yet`;
}
