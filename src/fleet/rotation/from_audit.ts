import type { Entry } from "../../audit/entry.ts";
import type { RotationRecord } from "./rotations.ts";
import type { Proof, Reason, RotationCluster } from "./shapes.ts";

/** A write that ended so has changed something, or had nothing to change. */
const DONE: Readonly<Record<string, RotationCluster["status"]>> = {
  created: "rotated",
  replaced: "rotated",
  mixed: "rotated",
  unchanged: "unchanged",
  not_found: "not_found",
};

/**
 * What the audit log tells of a rotation: of clusters where nothing was to be written it has no lines.
 * @param entries all of its lines, newest first
 * @returns `undefined` where it has none, or it was refused before anything was written
 */
export function rotationFromAudit(
  rotation: string,
  entries: readonly Entry[],
): RotationRecord | undefined {
  const ofAll = entries.filter(({ cluster }) => cluster === undefined);
  const begin = ofAll.find(({ phase }) => phase === "begin");
  const last = ofAll[0];
  if (begin === undefined || last === undefined || last.outcome === "refused") return undefined;
  const isOver = last.phase !== "begin";
  // One that ended by a bug has not looked again.
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
    ...isWhole ? { proof: proofOf(last) } : {},
  };
}

/** @param line the last one of its write */
function clusterOf(line: Entry, isOver: boolean): RotationCluster[] {
  const { cluster = "", phase, outcome = "", names = [], namespaces = [], counts } = line;
  if (phase === "begin" && !isOver) return [];
  const status = phase === "end" ? DONE[outcome] ?? "failed" : "failed";
  const told = { cluster, status, secrets: [], left: [] };
  const written = { written: { names, namespaces, ...counts === undefined ? {} : { counts } } };
  if (status !== "failed") return [{ ...told, status_code: 200, ...written }];
  const code = phase === "end" ? line.error ?? line.refusals?.[0] ?? outcome : "interrupted";
  const message = phase === "end"
    ? `It came to nothing: ${code}; the audit log's line ${line.write} has more`
    : "It was interrupted: each of its secrets holds its old or its new value";
  const answer = { error: true, message, code };
  return [{ ...told, status_code: 502, ...written, answer }];
}

const REASONS: Readonly<Record<string, string>> = {
  never_found: "The old value was never found",
  not_seen: "Clusters were not seen",
  namespaces_not_listed: "Not all namespaces could be looked into",
  places_left: "Places still held the old value",
  limited_token: "The token was for some clusters only",
  dry_run: "It was a dry run",
};

/** A line may have words of another version, or its list may have been cut. */
const NOT_KNOWN: Reason = {
  code: "not_seen",
  message: "What was not seen then is not on record: look for the old value again",
};

/** As it was when it ended. */
function proofOf({ safe_to_revoke, refusals = [], replaces = [] }: Entry): Proof {
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
