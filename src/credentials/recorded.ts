import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { Begun, WriteRecord } from "../audit/write_record.ts";
import { KubeError } from "../kube/errors.ts";
import type { Unable } from "./write/verdict.ts";

export interface Recording<Result> {
  /** The audit log; `undefined` when there is none. */
  readonly record: WriteRecord | undefined;
  /** The values to write. Only their fingerprints are recorded. */
  readonly credentials?: Credentials;
  /** Converts the result of the write to its outcome in the audit log. */
  readonly outcomeOf: (result: Result) => Outcome;
}

/** Details of an attempt that are known only after the request was resolved against the cluster. */
export type AttemptDetails = Partial<
  Pick<
    Attempt,
    "names" | "namespaces" | "serviceAccounts" | "replaces" | "replacesOf" | "about" | "key"
  >
>;

/**
 * Records the start of a write, unless it is recorded already. Resolves when the record is on disk.
 * @param found replaces the corresponding fields of the request in the record
 * @throws {KubeError} `not_recorded`, when the audit log cannot be written
 */
export type Begin = (found?: AttemptDetails) => Promise<void>;

/** For dry runs and other calls that record nothing. */
export const unrecorded: Begin = () => Promise.resolve();

/** The outcome of a write to a cluster that does not exist. */
export const CLUSTER_NOT_FOUND: Outcome = { outcome: "unable", error: "cluster_not_found" };

/**
 * Records a write in the audit log: the attempt before anything changes, and the outcome before the
 * response is sent, whatever the error. A write whose attempt cannot be recorded does not run. A write
 * whose outcome cannot be recorded is answered normally.
 * @param attempt the attempt as far as the request describes it
 * @param run calls `begin` before it changes anything; a run that fails before that is recorded, too
 */
export async function recorded<Result>(
  attempt: Attempt,
  { record, credentials, outcomeOf }: Recording<Result>,
  run: (begin: Begin) => Promise<Result>,
): Promise<Result | Unable> {
  if (record === undefined) return await run(unrecorded);
  const { begin, end } = recordOf(record, attempt, credentials);
  let outcome = CAME_TO_NOTHING;
  try {
    const result = await run(begin);
    outcome = outcomeOf(result);
    await begin();
    return result;
  } catch (error) {
    return unable(error);
  } finally {
    await end(outcome);
  }
}

/** Like {@link recorded}, for a write that yields its steps while it runs. */
export async function* recordedSteps<Step, Result>(
  attempt: Attempt,
  { record, credentials, outcomeOf }: Recording<Result>,
  run: (begin: Begin) => AsyncGenerator<Step, Result, void>,
): AsyncGenerator<Step, Result | Unable, void> {
  if (record === undefined) return yield* run(unrecorded);
  const { begin, end } = recordOf(record, attempt, credentials);
  let outcome = CAME_TO_NOTHING;
  try {
    const result = yield* run(begin);
    outcome = outcomeOf(result);
    await begin();
    return result;
  } catch (error) {
    return unable(error);
  } finally {
    await end(outcome);
  }
}

/** The outcome when the run throws: a bug. */
const CAME_TO_NOTHING: Outcome = { outcome: "failed", error: "internal" };

/** Writes the two lines of one attempt to the audit log, each at most once. */
function recordOf(record: WriteRecord, attempt: Attempt, credentials: Credentials | undefined) {
  let recording: Promise<Begun> | undefined;
  const begun = (found: AttemptDetails = {}) =>
    recording ??= record.begin({ ...attempt, ...found }, credentials);
  return {
    begin: async (found?: AttemptDetails) => refuseUnwritable(await begun(found), attempt),
    async end(outcome: Outcome) {
      const written = await begun();
      if (written.kind === "recorded") await written.end(outcome);
    },
  };
}

/** @throws `error`, unless it says that the attempt could not be recorded */
function unable(error: unknown): Unable {
  if (error instanceof KubeError && error.kind === "not_recorded") return { kind: "unable", error };
  throw error;
}

function refuseUnwritable(begun: Begun, { cluster }: Attempt): void {
  if (begun.kind === "recorded") return;
  const message = `Cannot write: the audit log cannot be written: ${begun.why}. ` +
    "Nothing was changed";
  throw new KubeError("not_recorded", message, { cluster, isHeld: begun.isHeld });
}
