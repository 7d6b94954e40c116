import { plural } from "../plural.ts";
import type { Counted, View } from "../views/view.ts";
import { type Asked, type Done, isDone, isFine, type Left } from "./asked.ts";

/** What came of several clusters, in numbers. */

/** Of a dry run. */
const TRIED = " (dry run)";

/** What an answer counts. */
export const countedIn = ({ answer: { body } }: Pick<Done, "answer">, view: View) =>
  view.counted?.(body) ?? [];

/** States of what is as it is to be, without anything being done. */
const AS_BEFORE: readonly (string | undefined)[] = [undefined, "unchanged", "not found", "left"];

/** Whether any of it has changed, or would. */
export const isChange = ({ state }: Counted): boolean =>
  !AS_BEFORE.includes(state?.replace(TRIED, ""));

/**
 * One line: `10 clusters: 55 unchanged, 5 replaced; 2 failed`. A cluster has failed when any of what
 * was asked of it has.
 */
export function summaryOf(asked: readonly Asked[], view: View): string {
  const clusters = [...Map.groupBy(asked, ({ cluster }) => cluster).values()];
  const done = clusters.filter((each) => stateOf(each, view) === "done").length;
  const isOf = (left: Left | undefined) => (each: readonly Asked[]) =>
    stateOf(each, view) === (left ?? "failed");
  const others = ([undefined, "not finished", "not begun", "unknown"] as const).flatMap((left) => {
    const count = clusters.filter(isOf(left)).length;
    return count === 0 ? [] : [{ count, state: left ?? "failed" }];
  });
  const counts = countsOf(asked.filter(isDone).flatMap((each) => countedOf(each, view)));
  const first = plural(done, "cluster") + (counts === "" ? " ok" : `: ${counts}`);
  const noun = done === 0 && counts === "";
  const rest = others.map(({ count, state }, i) =>
    noun && i === 0 ? `${plural(count, "cluster")} ${state}` : `${count} ${state}`
  );
  return [...noun ? [] : [first], ...rest].join("; ");
}

/** Nothing of an answer that is shown as it came, and may be anything. */
function countedOf(done: Done, view: View): readonly Counted[] {
  try {
    return countedIn(done, view);
  } catch {
    return [];
  }
}

/** What became of a cluster of which several things may have been asked. */
function stateOf(asked: readonly Asked[], view: View): Left | "failed" | "done" {
  const open = asked.filter((each) => !isFine(each, view));
  if (open.length === 0) return "done";
  if (open.some(({ left }) => left === undefined)) return "failed";
  const [state] = (["unknown", "not finished", "not begun"] as const)
    .filter((state) => open.some(({ left }) => left === state));
  return state!;
}

/** In the order in which they come first: `55 unchanged, 5 created (dry run)`. */
function countsOf(counted: readonly Counted[]): string {
  const isTried = counted.some(({ state }) => state?.endsWith(TRIED));
  const groups = Map.groupBy(
    counted.map(({ noun, state }) => ({ noun, state: state?.replace(TRIED, "") })),
    ({ noun, state }) => `${noun} ${state}`,
  );
  const counts = [...groups.values()].map((those) => {
    const { noun, state } = those[0]!;
    const many = noun === undefined ? `${those.length}` : plural(those.length, noun);
    return state === undefined ? many : `${many} ${state}`;
  });
  return counts.join(", ") + (isTried ? TRIED : "");
}
