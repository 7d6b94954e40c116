import { type Deadline, deadlineIn, pause as realPause } from "../../kube/deadline.ts";
import type { Work } from "./settle.ts";
import { rollbackSeconds as usualRollback } from "./times.ts";
import type { WriteDeps } from "./verdict.ts";

/**
 * The context of a write's steps: `now` has the request's own deadline. `lastly()` starts a new deadline,
 * for a rollback, which must run even when the request has used up its time.
 * @param secrets how many secrets the request changes
 */
export function worksOf(
  deps: WriteDeps,
  writeId: string,
  deadline: Deadline,
  secrets: number,
) {
  const { store, onBug, seconds, pause = realPause } = deps;
  const { rollbackSeconds = (secrets) => usualRollback(seconds, secrets) } = deps;
  const work = (deadline: Deadline): Work => ({ store, onBug, pause, writeId, deadline });
  return { now: work(deadline), lastly: () => work(deadlineIn(rollbackSeconds(secrets))) };
}
