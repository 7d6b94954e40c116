import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { Begun, WriteRecord } from "../audit/write_record.ts";
import { KubeError } from "../kube/errors.ts";
import type { Unable } from "./write/verdict.ts";

export interface Recording<Result> {
  /** Absent when nothing is recorded. */
  readonly record: WriteRecord | undefined;
  /** The values that are written, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
  /** What the record says of a result. */
  readonly outcomeOf: (result: Result) => Outcome;
}

/** What was found of an attempt since it was asked for. */
export type Found = Partial<
  Pick<
    Attempt,
    "names" | "namespaces" | "serviceAccounts" | "replaces" | "replacesOf" | "about" | "key"
  >
>;

/**
 * Records that a write begins, if that is not recorded yet; resolves when it is on the disk.
 * @param found what then stands in the record in place of what the request told
 * @throws {KubeError} `not_recorded`, when it cannot be
 */
export type Begin = (found?: Found) => Promise<void>;

/** Where nothing is recorded. */
export const unrecorded: Begin = () => Promise.resolve();

/** Of a write to a cluster that there is not. */
export const CLUSTER_NOT_FOUND: Outcome = { outcome: "unable", error: "cluster_not_found" };

/**
 * Has an attempt to write recorded before it changes anything, and its outcome before it is answered,
 * whatever it fails on. One that cannot be recorded is not tried; one whose outcome cannot be is
 * answered as it went.
 * @param attempt as far as the request tells it
 * @param run calls `begin` before it changes anything; what comes to nothing before that is recorded,
 * too
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

/** As {@link recorded}, of what tells of its steps as it goes. */
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

/** What is recorded when there is a bug. */
const CAME_TO_NOTHING: Outcome = { outcome: "failed", error: "internal" };

/** The two lines of one attempt. */
function recordOf(record: WriteRecord, attempt: Attempt, credentials: Credentials | undefined) {
  let asked: Promise<Begun> | undefined;
  const begun = (found: Found = {}) =>
    asked ??= record.begin({ ...attempt, ...found }, credentials);
  return {
    begin: async (found?: Found) => refuseUnwritable(await begun(found), attempt),
    async end(outcome: Outcome) {
      const written = await begun();
      if (written.kind === "recorded") await written.end(outcome);
    },
  };
}

/** @throws what it is, unless it is that the attempt could not be recorded */
function unable(error: unknown): Unable {
  if (error instanceof KubeError && error.kind === "not_recorded") return { kind: "unable", error };
  throw error;
}

function refuseUnwritable(begun: Begun, { cluster }: Attempt): void {
  if (begun.kind === "recorded") return;
  const message = `Cannot write: the audit log cannot be written: ${begun.why}; ` +
    "nothing was changed";
  throw new KubeError("not_recorded", message, { cluster, isHeld: begun.isHeld });
}
