import { overClusters } from "../../fleet/over_clusters.ts";
import { bugText } from "../bug.ts";
import { Failure } from "../failure.ts";
import { type Asked, type Job, leftOff } from "./asked.ts";
import type { Interruption } from "./interruption.ts";
import type { WaitingLine } from "./waiting_line.ts";
import type { Answer } from "./way.ts";

/** Clusters that are asked at once; the others wait. */
const AT_ONCE = 4;

export interface AskAll {
  /** Asks one cluster. */
  ask(job: Job): Promise<Answer>;
  /** After how many seconds that is given up. */
  seconds(job: Job): Promise<number | undefined>;
  /** What nothing is named by is called in the line. */
  readonly nameless: string;
  readonly line: WaitingLine;
  readonly interruption: Pick<Interruption, "signal">;
  /**
   * What becomes of what is under way when it is interrupted: it is waited for, since it would be left
   * half done; or not.
   */
  readonly whenInterrupted: "wait" | "not finished" | "unknown";
  /** What is made of each answer, in turn for each cluster. */
  taken(asked: Asked): Asked;
  /** Told of each as it ends. */
  onEnded(asked: Asked): void;
}

/**
 * Does all jobs, those of a cluster one after the other.
 * @returns what came of each, in their order
 */
export async function askAll(
  jobs: readonly Job[],
  how: AskAll,
): Promise<readonly Asked[]> {
  const { line, interruption: { signal }, nameless } = how;
  const byCluster = Map.groupBy(jobs, ({ cluster }) => cluster);
  line.expect(byCluster.size);
  const asked = new Map<Job, Asked>();
  const end = (job: Job, ended: Asked) => {
    asked.set(job, ended);
    how.onEnded(ended);
  };
  const run = async (cluster: string | undefined) => {
    const name = cluster ?? nameless;
    for (const job of byCluster.get(cluster)!) {
      if (signal.aborted) break;
      line.begin(name, () => how.seconds(job));
      const ended = how.taken(await one(job, how));
      line.end(name);
      end(job, ended);
    }
  };
  const isStopped = () => signal.aborted;
  for await (const _ of overClusters([...byCluster.keys()], run, { atOnce: AT_ONCE, isStopped }));
  for (const job of jobs) if (!asked.has(job)) end(job, { ...job, ...leftOff("not begun") });
  return jobs.map((job) => asked.get(job)!);
}

async function one(job: Job, { ask, interruption, whenInterrupted }: AskAll): Promise<Asked> {
  const asking = ask(job).then(
    (answer): Asked => ({ ...job, answer }),
    (error): Asked => ({ ...job, failure: failureOf(error) }),
  );
  if (whenInterrupted === "wait") return await asking;
  const { promise: left, resolve } = Promise.withResolvers<Asked>();
  const leave = () => resolve({ ...job, ...leftOff(whenInterrupted) });
  interruption.signal.addEventListener("abort", leave);
  try {
    return await Promise.race([asking, left]);
  } finally {
    interruption.signal.removeEventListener("abort", leave);
  }
}

const failureOf = (error: unknown) =>
  error instanceof Failure ? error : new Failure(bugText(error));
