import { Failure } from "../failure.ts";
import type { View } from "../views/view.ts";
import type { Answer, Input } from "./way.ts";

/** What is to be asked of a cluster. */
export interface Job {
  /** Absent where it is for none, or none was named. */
  readonly cluster: string | undefined;
  /** Without the cluster. */
  readonly input: Input;
  /** By which arguments it was named, where these name clusters: `CLUSTER/NAMESPACE/NAME`. */
  readonly places?: readonly string[];
}

/** What was asked, and what came of it. */
export interface Asked extends Job {
  readonly answer?: Answer;
  /** Why there is no answer. */
  readonly failure?: Failure;
  /** Why there is no answer where somebody wanted it to end. */
  readonly left?: Left;
}

/**
 * What was interrupted: nothing was asked; it only looked, and was not waited for; or a server goes on
 * with a write, and nobody waits for what comes of it.
 */
export type Left = "not begun" | "not finished" | "unknown";

/** What succeeded. */
export type Done = Asked & { readonly answer: Answer };

export const isDone = (asked: Asked): asked is Done =>
  asked.answer !== undefined && asked.answer.status < 300;

/** Whether it succeeded, and tells of nothing that is wrong. */
export const isFine = (asked: Asked, view: View): asked is Done =>
  isDone(asked) && (view.isFine?.(asked.answer.body) ?? true);

const WHY: Readonly<Record<Left, string>> = {
  "not begun": "Interrupted before anything was asked",
  "not finished": "Interrupted before an answer came",
  unknown: "Interrupted. The server goes on with it, and its outcome is unknown: look with " +
    "'secrets' before you send it again",
};

/** One that was interrupted. */
export const leftOff = (job: Job, left: Left): Asked => ({
  ...job,
  left,
  failure: new Failure(WHY[left]),
});
