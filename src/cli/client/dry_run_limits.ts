import { Selection } from "../../clusters/selection.ts";
import { Failure } from "../failure.ts";
import { hasSucceeded, type JobResult } from "./job.ts";
import { wouldDelete } from "./confirm_deletion.ts";
import type { Call, Several } from "./plan.ts";

/**
 * Applies `first` and `max_failures` to the dry run before a deletion: a cluster that fails in it counts as
 * failed, as it would in the deletion.
 */

interface DryRunResult {
  readonly call: Call;
  readonly results: readonly JobResult[];
}

/**
 * Checks the dry run against the limits.
 * @returns the results, with all deletions skipped, when a limit is exceeded; else `undefined`
 */
export function overLimits(
  dryRuns: readonly DryRunResult[],
): ReadonlyMap<Call, readonly JobResult[]> | undefined {
  const isOver = dryRuns.some(({ call, results }) =>
    call.kind === "several" && exceedsLimits(call, results)
  );
  if (!isOver) return undefined;
  return new Map(dryRuns.map(({ call, results }) => [
    call,
    results.map((each) => wouldDelete(each) ? { ...each, answer: undefined, ...skipped() } : each),
  ]));
}

const skipped = () => ({
  unfinished: "skipped" as const,
  failure: new Failure("Not deleted: the check of other clusters failed"),
});

function exceedsLimits(
  { selected: { first, max_failures: most } }: Several,
  results: readonly JobResult[],
): boolean {
  const failed = results.filter((each) => !hasSucceeded(each));
  return results.some(({ unfinished }) => unfinished === "skipped") ||
    most !== undefined && failed.length > most ||
    failed.some(goesFirstBy(first));
}

/** Whether a cluster goes first, under any of its names. */
function goesFirstBy(first: readonly string[] | undefined): (result: JobResult) => boolean {
  const selection = new Selection(first ?? []);
  return (result) => first !== undefined && namesOf(result).some((name) => selection.has(name));
}

const namesOf = ({ cluster, sameServerAs = [] }: JobResult): readonly string[] =>
  cluster === undefined ? [] : [cluster, ...sameServerAs];

/**
 * The call about the clusters where something is to be deleted, with the failures of the dry run
 * subtracted from its limits.
 * @returns `undefined` for no cluster
 */
export function remainingCall(
  call: Call,
  results: readonly JobResult[],
  isRemaining: (result: JobResult) => boolean,
): Call | undefined {
  const remaining = results.filter(isRemaining);
  if (remaining.length === 0) return undefined;
  if (call.kind === "one") return call;
  const { first, max_failures: most } = call.selected;
  const clusters = remaining.flatMap(({ cluster }) => cluster ?? []);
  const stillFirst = remaining.filter(goesFirstBy(first)).flatMap(({ cluster }) => cluster ?? []);
  const failed = results.filter((each) => !hasSucceeded(each)).length;
  return {
    ...call,
    selected: {
      // By name, since a pattern could match a cluster that was added after the dry run.
      clusters,
      ...stillFirst.length === 0 ? {} : { first: stillFirst },
      ...most === undefined ? {} : { max_failures: Math.max(0, most - failed) },
    },
  };
}
