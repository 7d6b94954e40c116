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
  /** Why nothing is known of it, or nothing was done. */
  readonly left?: Left;
  /** Of one of several: by which it was asked. */
  readonly transport?: "kubectl" | "api";
  /** Others of the several that have its API server, and are done with it. */
  readonly sameServerAs?: readonly string[];
}

/**
 * What has no outcome: nothing was asked; it only looked, and was not waited for; or a server may go on
 * with a write, and nobody hears what comes of it.
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

/** What came of one that was interrupted. */
export const leftOff = (left: Left) => ({ left, failure: new Failure(WHY[left]) });
