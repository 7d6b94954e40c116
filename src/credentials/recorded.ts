import type { Attempt, Begun, Outcome, WriteRecord } from "../audit/audit_log.ts";
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
 * Records that the write begins, if it is not recorded yet.
 * @param known of the attempt, what was found out since
 * @throws {KubeError} `not_recorded`, when it cannot be
 */
export type Begin = (known?: Pick<Attempt, "serviceAccounts">) => Promise<void>;

/**
 * Has a write recorded before it changes anything, and its outcome before it is answered. One that
 * cannot be recorded is not tried; one whose outcome cannot be is answered as it went.
 * @param run calls `begin` before it changes anything; what comes to nothing before that is recorded,
 * too
 */
export async function recorded<Verdict>(
  attempt: Attempt,
  { record, credential, outcomeOf }: Recording<Verdict>,
  run: (begin: Begin) => Promise<Verdict>,
): Promise<Verdict | NotRecorded> {
  if (record === undefined) return await run(() => Promise.resolve());
  let asked: Promise<Begun> | undefined;
  const begun = (known = {}) => asked ??= record.begin({ ...attempt, ...known }, credential);
  let outcome: Outcome = { outcome: "failed", error: "internal" };
  try {
    const verdict = await run(async (known) => refuseUnwritable(await begun(known), attempt));
    outcome = outcomeOf(verdict);
    refuseUnwritable(await begun(), attempt);
    return verdict;
  } catch (error) {
    if (error instanceof KubeError && error.kind === "not_recorded") {
      return { kind: "unable", error };
    }
    throw error;
  } finally {
    const written = await begun();
    if (written.kind === "recorded") await written.end(outcome);
  }
}

function refuseUnwritable(begun: Begun, { cluster }: Attempt): void {
  if (begun.kind === "recorded") return;
  const message = `Cannot write: the audit log cannot be written: ${begun.why}; ` +
    "nothing was changed";
  throw new KubeError("not_recorded", message, { cluster });
}
