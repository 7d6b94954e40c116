import { type Deadline, deadlineIn, pause as realPause } from "../../kube/deadline.ts";
import type { Work } from "./settle.ts";
import { putBackSeconds as usualPutBack } from "./times.ts";
import type { WriteDeps } from "./verdict.ts";

/**
 * What the steps of a request work with: `now` under the request's own deadline, `lastly` under one
 * that begins when it is called, for a step that has to be taken whatever was before it.
 * @param secrets how many the request changes
 */
export function worksOf(
  deps: WriteDeps,
  writeId: string,
  deadline: Deadline,
  secrets: number,
) {
  const { store, onFault, seconds, pause = realPause } = deps;
  const { putBackSeconds = (secrets) => usualPutBack(seconds, secrets) } = deps;
  const work = (deadline: Deadline): Work => ({ store, onFault, pause, writeId, deadline });
  return { now: work(deadline), lastly: () => work(deadlineIn(putBackSeconds(secrets))) };
}
