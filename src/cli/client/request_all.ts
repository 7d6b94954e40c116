import { overClusters } from "../../fleet/over_clusters.ts";
import { bugText, Failure } from "../failure.ts";
import type { Answer } from "./backend.ts";
import type { Interruption } from "./interruption.ts";
import { interruptedAs, type Job, type JobResult } from "./job.ts";
import type { WaitingLine } from "./waiting_line.ts";

/** Clusters that are processed concurrently. */
const AT_ONCE = 4;

export interface RequestAll {
  /** Sends the request of one job. */
  request(job: Job): Promise<Answer>;
  /** Resolves the timeout of a job in seconds. */
  seconds(job: Job): Promise<number | undefined>;
  /** The name of a job without a cluster, behind "waiting for". */
  readonly nameless: string;
  readonly line: WaitingLine;
  readonly interruption: Pick<Interruption, "signal">;
  /**
   * What becomes of jobs in progress at an interruption: they finish, so that no write is left incomplete;
   * or they are abandoned.
   */
  readonly whenInterrupted: "wait" | "not finished" | "unknown";
  /** Adjusts each result, in order for each cluster. */
  adjusted(result: JobResult): JobResult;
  /** Called with each result as it comes. */
  onFinished(result: JobResult): void;
}

/**
 * Runs all jobs, those of one cluster one after the other.
 * @returns the results in the order of the jobs
 */
export async function requestAll(
  jobs: readonly Job[],
  how: RequestAll,
): Promise<readonly JobResult[]> {
  const { line, interruption: { signal }, nameless } = how;
  const byCluster = Map.groupBy(jobs, ({ cluster }) => cluster);
  line.expect(byCluster.size);
  const results = new Map<Job, JobResult>();
  const finish = (job: Job, result: JobResult) => {
    results.set(job, result);
    how.onFinished(result);
  };
  const run = async (cluster: string | undefined) => {
    const name = cluster ?? nameless;
    for (const job of byCluster.get(cluster)!) {
      if (signal.aborted) break;
      line.start(name, () => how.seconds(job));
      const result = how.adjusted(await resultOf(job, how));
      line.finish(name);
      finish(job, result);
    }
  };
  const isStopped = () => signal.aborted;
  for await (const _ of overClusters([...byCluster.keys()], run, { atOnce: AT_ONCE, isStopped }));
  for (const job of jobs) {
    if (!results.has(job)) finish(job, { ...job, ...interruptedAs("skipped") });
  }
  return jobs.map((job) => results.get(job)!);
}

async function resultOf(
  job: Job,
  { request, interruption, whenInterrupted }: RequestAll,
): Promise<JobResult> {
  const requested = request(job).then(
    (answer): JobResult => ({ ...job, answer }),
    (error): JobResult => ({ ...job, failure: failureOf(error) }),
  );
  if (whenInterrupted === "wait") return await requested;
  const { promise: interrupted, resolve } = Promise.withResolvers<JobResult>();
  const abandon = () => resolve({ ...job, ...interruptedAs(whenInterrupted) });
  interruption.signal.addEventListener("abort", abandon);
  try {
    return await Promise.race([requested, interrupted]);
  } finally {
    interruption.signal.removeEventListener("abort", abandon);
  }
}

const failureOf = (error: unknown) =>
  error instanceof Failure ? error : new Failure(bugText(error));
