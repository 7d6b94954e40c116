import type { AuditEntry } from "../../audit/entry.ts";
import type { RotationRecord } from "./rotations.ts";
import { CLUSTER_STATES, type Proof, type Reason, type RotationCluster } from "./shapes.ts";

/** The cluster status by the outcome of a successful write. */
const DONE: Readonly<Record<string, RotationCluster["status"]>> = {
  created: "rotated",
  replaced: "rotated",
  mixed: "rotated",
  unchanged: "unchanged",
  not_found: "not_found",
};

/**
 * The record of a rotation according to the audit log, which has no lines for clusters without a write.
 * @param entries all lines of the rotation, newest first
 * @returns `undefined` where there are none, or the rotation was refused before anything was written
 */
export function rotationFromAudit(
  rotation: string,
  entries: readonly AuditEntry[],
): RotationRecord | undefined {
  const ofAll = entries.filter(({ cluster }) => cluster === undefined);
  const begin = ofAll.find(({ phase }) => phase === "begin");
  const last = ofAll[0];
  if (begin === undefined || last === undefined || last.outcome === "refused") return undefined;
  const isOver = last.phase !== "begin";
  // A rotation that failed with an unexpected error did not search again.
  const isWhole = last.phase === "end" && last.error === undefined;
  const state = begin.dry_run
    ? "planned"
    : last.phase === "begin"
    ? "running"
    : isWhole
    ? "done"
    : "interrupted";
  const byWrite = Map.groupBy(
    entries.filter(({ cluster }) => cluster !== undefined),
    ({ write }) => write,
  );
  const clusters = [...byWrite.values()].flatMap((lines) => clusterOf(lines[0]!, isOver));
  return {
    rotation,
    state,
    started: begin.time,
    ...isOver ? { ended: last.time } : {},
    by: begin.who ?? "",
    names: begin.clusters ?? clusters.map(({ cluster }) => cluster),
    clusters,
    replaces: last.replaces ?? [],
    ...begin.credential === undefined ? {} : { to: begin.credential },
    ...isWhole ? { proof: proofOf(last), ...countsOf(last) } : {},
  };
}

/** The number of clusters by status, if it is recorded. A line that somebody changed may contain anything. */
function countsOf({ counts }: AuditEntry): Pick<RotationRecord, "counts"> {
  const known = CLUSTER_STATES.map((state) => [state, Number(counts?.[state])] as const);
  const given = known.filter(([, count]) => count > 0);
  return given.length === 0 ? {} : { counts: Object.fromEntries(given) };
}

/** @param line the last line of a write */
function clusterOf(line: AuditEntry, isOver: boolean): RotationCluster[] {
  const { cluster = "", phase, outcome = "", names = [], namespaces = [], counts } = line;
  if (phase === "begin" && !isOver) return [];
  const status = phase === "end" ? DONE[outcome] ?? "failed" : "failed";
  const result = { cluster, status, secrets: [], left: [] };
  const written = { written: { names, namespaces, ...counts === undefined ? {} : { counts } } };
  if (status !== "failed") return [{ ...result, status_code: 200, ...written }];
  const code = phase === "end" ? line.error ?? line.refusals?.[0] ?? outcome : "interrupted";
  const message = phase === "end"
    ? `The write failed: ${code}. See write ${line.write} in the audit log`
    : "The write was interrupted: each secret contains either its old or its new value";
  const answer = { error: true, message, code };
  return [{ ...result, status_code: 502, ...written, answer }];
}

const REASONS: Readonly<Record<string, string>> = {
  never_found: "The old value was never found",
  not_seen: "Some clusters could not be searched",
  namespaces_not_listed: "Some namespaces could not be searched",
  places_left: "Some places still contained the old value",
  limited_token: "The token was limited to some clusters",
  dry_run: "Dry run",
};

/** A line may have codes of another version, or its list may have been truncated. */
const NOT_KNOWN: Reason = {
  code: "not_seen",
  message: "The audit log does not tell what could not be searched. Search for the old value again",
};

/** The proof at the end of the rotation. */
function proofOf({ safe_to_revoke, refusals = [], replaces = [] }: AuditEntry): Proof {
  const known = refusals.flatMap((code): Reason[] => {
    const message = REASONS[code];
    return message === undefined ? [] : [{ code: code as Reason["code"], message }];
  });
  const isSafe = safe_to_revoke === true && refusals.length === 0;
  const reasons = isSafe || known.length > 0 ? known : [NOT_KNOWN];
  const remains = reasons.some(({ code }) => code === "places_left");
  return {
    old_value: {
      state: isSafe ? "gone" : remains ? "remains" : "unknown",
      fingerprints: replaces,
      places: [],
      not_seen: [],
    },
    safe_to_revoke: isSafe,
    ...isSafe ? {} : { reasons },
  };
}
