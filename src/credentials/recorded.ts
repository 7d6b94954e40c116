import type { Attempt, Outcome, WriteRecord } from "../audit/audit_log.ts";
import { KubeError } from "../kube/errors.ts";
import type { Sealed } from "../log/sealed.ts";

/** A write that is not tried, since it cannot be recorded. */
export interface NotRecorded {
  readonly kind: "unable";
  readonly error: KubeError;
}

export interface Recording<Verdict> {
  /** Absent when nothing is recorded. */
  readonly record: WriteRecord | undefined;
  /** The value that is written, of which only a fingerprint is recorded. */
  readonly credential?: Sealed<string>;
  /** What the record says of a verdict. */
  readonly outcomeOf: (verdict: Verdict) => Outcome;
}

/**
 * Has a write recorded before it touches the cluster, and its outcome before it is answered. One
 * that cannot be recorded is not tried; one whose outcome cannot be is answered as it went.
 */
export async function recorded<Verdict>(
  attempt: Attempt,
  { record, credential, outcomeOf }: Recording<Verdict>,
  run: () => Promise<Verdict>,
): Promise<Verdict | NotRecorded> {
  if (record === undefined) return await run();
  const { cluster } = attempt;
  const begun = await record.begin(attempt, credential);
  if (begun.kind === "unwritable") {
    const message = `Cannot write: the audit log cannot be written: ${begun.why}; ` +
      "nothing was changed";
    return { kind: "unable", error: new KubeError("not_recorded", message, { cluster }) };
  }
  let outcome: Outcome = { outcome: "failed", error: "internal" };
  try {
    const verdict = await run();
    outcome = outcomeOf(verdict);
    return verdict;
  } finally {
    await begun.end(outcome);
  }
}
