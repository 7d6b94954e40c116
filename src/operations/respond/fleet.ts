import type { ClusterEntry, FleetAnswer, FleetSummary } from "../fleet_answers.ts";
import { errorBody, OperationError } from "../errors.ts";
import type { Json } from "../reply.ts";

/** What of an entry {@link summaryOf} needs. */
export type EntryOutcome = Pick<ClusterEntry, "cluster" | "status_code" | "answer">;

/** Only that: answers may be large, and who tells of each as it ends holds none of them until the end. */
export function outcomeOf(entry: ClusterEntry): EntryOutcome {
  const { cluster, status_code } = entry;
  const { code, message } = isDone(entry) ? {} : saidBy(entry);
  return { cluster, status_code, answer: { code, message } };
}

const isDone = ({ status_code }: EntryOutcome): boolean => status_code < 400;

/** What the answer of a cluster says, where it is an error. */
interface Said {
  readonly code?: string;
  readonly message?: string;
}

const saidBy = ({ answer }: EntryOutcome): Said => answer as Said;

const isNotBegun = (entry: EntryOutcome): boolean =>
  !isDone(entry) && saidBy(entry).code === "not_begun";

/**
 * What came of all clusters together: 200 when all succeeded, 207 when some did, else the status that
 * those have in common that were begun, if any was, else 502.
 */
export function summaryOf(
  entries: readonly EntryOutcome[],
): { readonly status: number; readonly body: FleetSummary } {
  const succeeded = entries.filter(isDone).length;
  const notBegun = entries.filter(isNotBegun).length;
  const isWhole = succeeded === entries.length;
  const body = {
    success: isWhole,
    succeeded,
    failed: entries.length - succeeded - notBegun,
    not_begun: notBegun,
  };
  if (isWhole || succeeded > 0) return { status: isWhole ? 200 : 207, body };
  const begun = entries.filter((entry) => !isNotBegun(entry));
  const telling = begun.length > 0 ? begun : entries;
  const status = common(telling.map(({ status_code }) => status_code)) ?? 502;
  const code = common(telling.map((entry) => saidBy(entry).code));
  const first = telling[0]!;
  const { message = "" } = saidBy(first);
  const { cluster } = first;
  const error = new OperationError("clusters_failed", { count: entries.length, cluster, message });
  const told = errorBody(error, "v1", status);
  return {
    status,
    body: { ...body, ...told, ...code === undefined ? {} : { code } } as FleetSummary,
  };
}

/** What they all are; `undefined` where they differ. */
const common = <Value>([first, ...others]: readonly Value[]): Value | undefined =>
  others.every((each) => each === first) ? first : undefined;

/** The answer about several clusters, each with its own. @param entries sorted by name */
export function fleetAnswer(entries: readonly ClusterEntry[]): Json {
  const { status, body: { success, ...counts } } = summaryOf(entries);
  const body: FleetAnswer = { success, clusters: entries, ...counts };
  return { status, body };
}
