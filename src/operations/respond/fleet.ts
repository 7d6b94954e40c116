import type { ClusterEntry, FleetAnswer, FleetSummary } from "../fleet_answers.ts";
import { errorBody, OperationError } from "../errors.ts";
import type { Json } from "../reply.ts";

/** The part of an entry that {@link summaryOf} needs. */
export type EntryOutcome = Pick<ClusterEntry, "cluster" | "status_code" | "answer">;

/** Drops the answer: answers may be large, and a stream does not keep them until its end. */
export function outcomeOf(entry: ClusterEntry): EntryOutcome {
  const { cluster, status_code } = entry;
  const { code, message } = isDone(entry) ? {} : errorOf(entry);
  return { cluster, status_code, answer: { code, message } };
}

const isDone = ({ status_code }: EntryOutcome): boolean => status_code < 400;

/** Fields of a cluster's answer that is an error. */
interface ClusterError {
  readonly code?: string;
  readonly message?: string;
}

const errorOf = ({ answer }: EntryOutcome): ClusterError => answer as ClusterError;

const isSkipped = (entry: EntryOutcome): boolean =>
  !isDone(entry) && errorOf(entry).code === "not_begun";

/**
 * The result of all clusters together: status 200 if all succeeded, 207 if some did; otherwise the status
 * that all started clusters have in common, or 502.
 * @param isComplete whether those that succeeded were read completely; otherwise it is 207, too
 */
export function summaryOf(
  entries: readonly EntryOutcome[],
  isComplete = true,
): { readonly status: number; readonly body: FleetSummary } {
  const succeeded = entries.filter(isDone).length;
  const skipped = entries.filter(isSkipped).length;
  const isWhole = succeeded === entries.length && isComplete;
  const body = {
    success: isWhole,
    succeeded,
    failed: entries.length - succeeded - skipped,
    not_begun: skipped,
  };
  if (isWhole || succeeded > 0) return { status: isWhole ? 200 : 207, body };
  const started = entries.filter((entry) => !isSkipped(entry));
  const failed = started.length > 0 ? started : entries;
  const status = common(failed.map(({ status_code }) => status_code)) ?? 502;
  const code = common(failed.map((entry) => errorOf(entry).code));
  const first = failed[0]!;
  const { message = "" } = errorOf(first);
  const { cluster } = first;
  const error = new OperationError("clusters_failed", { count: entries.length, cluster, message });
  const envelope = errorBody(error, "v1", status);
  return {
    status,
    body: { ...body, ...envelope, ...code === undefined ? {} : { code } } as FleetSummary,
  };
}

/** The value that all have; `undefined` if they differ. */
const common = <Value>([first, ...others]: readonly Value[]): Value | undefined =>
  others.every((each) => each === first) ? first : undefined;

/** The answer for several clusters, with the answer of each. @param entries sorted by name */
export function fleetAnswer(entries: readonly ClusterEntry[]): Json {
  const { status, body: { success, ...counts } } = summaryOf(entries);
  const body: FleetAnswer = { success, clusters: entries, ...counts };
  return { status, body };
}
