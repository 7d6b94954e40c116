import type { Outcome, WriteRecord } from "../audit/audit_log.ts";
import { KubeError } from "../kube/errors.ts";
import type { Sealed } from "../log/sealed.ts";
import type { Actor } from "./actor.ts";
import type { ClusterNotFound } from "./stores.ts";
import type { WriteRequest, WriteVerdict } from "./write.ts";

/** A write, and what its record says besides. */
export interface RecordedRequest extends WriteRequest {
  /** Of the HTTP request. */
  readonly requestId: string;
  readonly actor: Actor;
  /** Of the credential. */
  readonly kind: "docker" | "helm";
  /** The value that is written, of which only a fingerprint is recorded. */
  readonly credential: Sealed<string>;
}

/**
 * Has a write recorded before it touches the cluster, and its outcome before it is answered. One
 * that cannot be recorded is not tried; one whose outcome cannot be is answered as it went.
 * @param record absent when nothing is recorded
 */
export async function recorded(
  request: RecordedRequest,
  record: WriteRecord | undefined,
  run: () => Promise<WriteVerdict | ClusterNotFound>,
): Promise<WriteVerdict | ClusterNotFound> {
  if (record === undefined) return await run();
  const { writeId, requestId, actor, cluster, kind, secrets, permissions } = request;
  const { upsert, force } = permissions;
  const names = unique(secrets.map(({ name }) => name));
  const namespaces = unique(secrets.map(({ namespace }) => namespace));
  const attempt = {
    writeId,
    requestId,
    actor,
    cluster,
    kind,
    names,
    namespaces,
    upsert,
    force,
  };
  const begun = await record.begin(attempt, request.credential);
  if (begun.kind === "unwritable") {
    const message = `Cannot write: the audit log cannot be written: ${begun.why}; ` +
      "nothing was changed";
    return { kind: "unable", error: new KubeError("not_recorded", message, { cluster }) };
  }
  let outcome: Outcome = { outcome: "failed", error: "internal" };
  try {
    const verdict = await run();
    outcome = outcomeOf(verdict, names);
    return verdict;
  } finally {
    await begun.end(outcome);
  }
}

/** What the record says of a verdict. */
function outcomeOf(verdict: WriteVerdict | ClusterNotFound, asked: readonly string[]): Outcome {
  switch (verdict.kind) {
    case "written": {
      const counts = { created: 0, replaced: 0, unchanged: 0 };
      for (const { action } of verdict.secrets) counts[action]++;
      const actions = unique(verdict.secrets.map(({ action }) => action));
      const written = unique(verdict.secrets.map(({ name }) => name));
      const isElsewhere = written.some((name) => !asked.includes(name));
      return {
        outcome: actions.length === 1 ? actions[0]! : "mixed",
        counts,
        ...(isElsewhere ? { written } : {}),
      };
    }
    case "refused":
      return { outcome: "refused", refusals: unique(verdict.refusals.map(({ kind }) => kind)) };
    case "unable":
      return { outcome: "unable", error: verdict.error.kind };
    case "failed": {
      const not_restored = verdict.notRestored.map(({ namespace, name, state }) => ({
        namespace,
        name,
        state,
      }));
      return { outcome: "failed", error: verdict.error.kind, not_restored };
    }
    case "cluster_not_found":
      return { outcome: "unable", error: "cluster_not_found" };
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
