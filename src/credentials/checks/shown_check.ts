import type { CheckResult, CheckState } from "./result.ts";

/** What is shown of what came of trying a stored value. */
export type ShownCheck = Pick<CheckResult, "state" | "at">;

/** The worst first. */
const WORST: readonly CheckState[] = ["refused", "unreachable", "not_tried", "accepted"];

/** The worst of several; of equal ones the latest. */
export function worstOf(checks: Iterable<ShownCheck>): ShownCheck | undefined {
  let worst: ShownCheck | undefined;
  for (const each of checks) {
    const order = worst === undefined ? -1 : WORST.indexOf(each.state) - WORST.indexOf(worst.state);
    if (order < 0 || order === 0 && each.at > worst!.at) worst = each;
  }
  return worst;
}
