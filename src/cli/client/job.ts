import { Failure } from "../failure.ts";
import type { View } from "../views/view.ts";
import { type Answer, CHECK_FIRST, type Input } from "./backend.ts";

/** One request about one cluster. */
export interface Job {
  /** Absent where the request is about no cluster, or none was named. */
  readonly cluster: string | undefined;
  /** Without the cluster. */
  readonly input: Input;
  /** The arguments that named it, if these name clusters: `CLUSTER/NAMESPACE/NAME`. */
  readonly places?: readonly string[];
}

/** A job with its result. */
export interface JobResult extends Job {
  readonly answer?: Answer;
  /** Why there is no answer. */
  readonly failure?: Failure;
  /** Why the outcome is unknown, or nothing was done. */
  readonly unfinished?: Unfinished;
  /** Of one of several clusters: how it was reached. */
  readonly transport?: "kubectl" | "api";
  /** Other selected clusters with the same API server, which are done with this one. */
  readonly sameServerAs?: readonly string[];
}

/**
 * Why a job has no outcome: it was never started; it only reads, and was abandoned; or a server may still
 * be writing, and its response is not read.
 */
export type Unfinished = "skipped" | "not finished" | "unknown";

export type SucceededJob = JobResult & { readonly answer: Answer };

export const hasSucceeded = (result: JobResult): result is SucceededJob =>
  result.answer !== undefined && result.answer.status < 300;

/** Whether it succeeded, and its answer reports nothing wrong. */
export const isOk = (result: JobResult, view: View): result is SucceededJob =>
  hasSucceeded(result) && (view.isOk?.(result.answer.body) ?? true);

const MESSAGES: Readonly<Record<Unfinished, string>> = {
  skipped: "Interrupted before it was started",
  "not finished": "Interrupted before the response arrived",
  unknown: `Interrupted. The server continues the write, so its outcome is unknown. ${CHECK_FIRST}`,
};

/** What an interruption leaves of a job. */
export const interruptedAs = (unfinished: Unfinished) => ({
  unfinished,
  failure: new Failure(MESSAGES[unfinished]),
});
