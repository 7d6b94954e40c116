import { plural } from "../../text/plural.ts";
import type { Counted, View } from "../views/view.ts";
import { hasSucceeded, isOk, type JobResult, type SucceededJob, type Unfinished } from "./job.ts";

/** Results of several clusters in numbers. */

/** Suffix of a state in a dry run. */
const DRY_RUN = " (dry run)";

/** The things that an answer counts. */
export const countedIn = ({ answer: { body } }: Pick<SucceededJob, "answer">, view: View) =>
  view.counted?.(body) ?? [];

/** States of objects that were not changed. */
const AS_BEFORE: readonly (string | undefined)[] = [
  undefined,
  "unchanged",
  "not found",
  "not rotated",
];

/** Whether it was changed, or would be. */
export const isChange = ({ state }: Counted): boolean =>
  !AS_BEFORE.includes(state?.replace(DRY_RUN, ""));

/** Clusters that did not succeed, in the order in which a summary has them. */
const UNSUCCESSFUL = ["failed", "not finished", "skipped", "unknown"] as const;

/**
 * A summary in one line: `10 clusters: 55 unchanged, 5 replaced; 2 failed`. A cluster has failed when any
 * of its jobs has.
 */
export function clusterSummary(results: readonly JobResult[], view: View): string {
  const clusters = [...Map.groupBy(results, ({ cluster }) => cluster).values()]
    .map((each) => stateOf(each, view));
  const ok = clusters.filter((state) => state === "ok").length;
  const others = UNSUCCESSFUL.flatMap((state) => {
    const count = clusters.filter((each) => each === state).length;
    return count === 0 ? [] : [{ count, state }];
  });
  const counts = countsOf(results.filter(hasSucceeded).flatMap((each) => countedOf(each, view)));
  const first = plural(ok, "cluster") + (counts === "" ? ` ${doneWord(view)}` : `: ${counts}`);
  const isNone = ok === 0 && counts === "";
  const rest = others.map(({ count, state }, i) =>
    isNone && i === 0 ? `${plural(count, "cluster")} ${state}` : `${count} ${state}`
  );
  return [...isNone ? [] : [first], ...rest].join("; ");
}

/** One answer about all clusters, such as a search, has a verdict of its own, which is not about the clusters. */
const doneWord = ({ whole, confirmation }: View) =>
  whole === undefined || confirmation !== undefined ? "ok" : "read";

/** Nothing for an answer that is shown as it came, and may be anything. */
function countedOf(result: SucceededJob, view: View): readonly Counted[] {
  try {
    return countedIn(result, view);
  } catch {
    return [];
  }
}

/** The state of a cluster with one job or more. */
function stateOf(results: readonly JobResult[], view: View): Unfinished | "failed" | "ok" {
  const open = results.filter((each) => !isOk(each, view));
  if (open.length === 0) return "ok";
  if (open.some(({ unfinished }) => unfinished === undefined)) return "failed";
  const [state] = (["unknown", "not finished", "skipped"] as const)
    .filter((state) => open.some(({ unfinished }) => unfinished === state));
  return state!;
}

/** In order of first appearance: `55 unchanged, 5 created (dry run)`. */
function countsOf(counted: readonly Counted[]): string {
  const isDry = counted.some(({ state }) => state?.endsWith(DRY_RUN));
  const groups = Map.groupBy(
    counted.map(({ noun, state }) => ({ noun, state: state?.replace(DRY_RUN, "") })),
    ({ noun, state }) => `${noun} ${state}`,
  );
  const counts = [...groups.values()].map((those) => {
    const { noun, state } = those[0]!;
    const many = noun === undefined ? `${those.length}` : plural(those.length, noun);
    return state === undefined ? many : `${many} ${state}`;
  });
  return counts.join(", ") + (isDry ? DRY_RUN : "");
}
