import { Selection } from "../../clusters/selection.ts";
import type { ClusterEntry, FleetEvent } from "../../operations/fleet_answers.ts";
import { bugText, Failure } from "../failure.ts";
import type { StreamFields, View } from "../views/view.ts";
import { type Answer, type ClusterEvents, isClusterEvents, mayBeDone } from "./backend.ts";
import { interruptedAs, type Job, type JobResult } from "./job.ts";
import type { RequestAll } from "./request_all.ts";

/** One request about several clusters. */
export type FleetJob = Omit<Job, "cluster">;

export interface RequestFleet
  extends
    Pick<RequestAll, "line" | "interruption" | "whenInterrupted" | "adjusted" | "onFinished"> {
  follow(gone: AbortSignal): Promise<Answer | ClusterEvents>;
  /** Resolves the timeout of a cluster in seconds. */
  seconds(cluster: string): Promise<number | undefined>;
  /** @throws {Failure} when an entry is not one that argocd-configurer sends */
  check(entry: ClusterEntry): void;
  /** @throws {Failure} when the fields for all clusters are not such as argocd-configurer sends */
  checkFields(fields: StreamFields): void;
  /** Whether a cluster without a reported result may have been changed. */
  readonly isWrite: boolean;
  /** Names and patterns in the order in which to show their clusters. */
  readonly order: readonly string[];
  /** What is awaited before the first cluster is reported, and after the last one. */
  readonly steps?: View["steps"];
}

/** Results by cluster; or of the request as a whole, if it failed before the first cluster. */
export type FleetResult =
  | { readonly kind: "clusters"; readonly results: readonly JobResult[] } & StreamEnd
  | { readonly kind: "whole"; readonly result: JobResult };

/** What a stream has reported beside the clusters. */
export interface StreamEnd {
  readonly fields: StreamFields;
  /** Why the stream broke before its end. */
  readonly cut?: Failure;
}

/** Runs one request about several clusters. */
export async function requestFleet(job: FleetJob, how: RequestFleet): Promise<FleetResult> {
  const clusters = new Clusters(job, how);
  clusters.await("before");
  const rest = await readAll(clusters, how);
  clusters.finishOthers(rest);
  clusters.await(undefined);
  if (!clusters.areKnown) {
    return { kind: "whole", result: { ...job, cluster: undefined, ...rest } };
  }
  const { isDone, fields } = clusters;
  const cut = isDone || rest.failure === undefined ? {} : { cut: rest.failure };
  return { kind: "clusters", results: clusters.results, fields, ...cut };
}

const ABANDONED = Symbol("abandoned");

const NO_RESULT = "The server reported no result for this cluster";

/**
 * Reads the events to their end, or until an interruption.
 * @returns the result of clusters without an event
 */
async function readAll(clusters: Clusters, how: RequestFleet): Promise<Partial<JobResult>> {
  const { interruption: { signal }, whenInterrupted, isWrite } = how;
  const abandoned = Promise.withResolvers<typeof ABANDONED>();
  const abandon = () => abandoned.resolve(ABANDONED);
  if (whenInterrupted !== "wait") signal.addEventListener("abort", abandon);
  const unlessAbandoned = <T>(promise: Promise<T>) => {
    promise.catch(() => {}); // after an interruption nothing else handles it
    return Promise.race([promise, abandoned.promise]);
  };
  const interrupted = () => interruptedAs(whenInterrupted === "wait" ? "skipped" : whenInterrupted);
  const withoutEvent = (failure: Failure) => ({
    failure,
    ...isWrite && clusters.areKnown ? { unfinished: "unknown" as const } : {},
  });
  try {
    const response = await unlessAbandoned(how.follow(signal));
    if (response === ABANDONED) return interrupted();
    if (!isClusterEvents(response)) return { answer: response };
    const iterator = response[Symbol.asyncIterator]();
    for (;;) {
      const next = await unlessAbandoned(iterator.next());
      if (next === ABANDONED) return interrupted();
      if (next.done) return withoutEvent(new Failure(NO_RESULT));
      clusters.take(next.value);
    }
  } catch (error) {
    return withoutEvent(error instanceof Failure ? error : new Failure(bugText(error)));
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}

/** The clusters of one request, with their results so far. */
class Clusters {
  /** By name, in the order in which they are shown. */
  readonly #results = new Map<string, JobResult | undefined>();
  /** Whether the event `started` has come, with their names. */
  areKnown = false;
  /** Whether the event `done` has come. */
  isDone = false;
  /** The fields of these two events. */
  fields: StreamFields = {};
  /** What is awaited that is no cluster. */
  #step: string | undefined;
  /** How many have not finished. */
  #open = 0;

  constructor(readonly job: FleetJob, readonly how: RequestFleet) {}

  /** Shows a step that is awaited, which is no cluster. */
  await(step: keyof NonNullable<View["steps"]> | undefined): void {
    const { line, steps } = this.how;
    if (this.#step !== undefined) line.finish(this.#step);
    this.#step = step && steps?.[step];
    if (this.#step === undefined) return;
    line.expect(1);
    line.start(this.#step);
  }

  take(event: FleetEvent): void {
    const { line, seconds, check, checkFields, order, isWrite } = this.how;
    if (event.event === "done") {
      const fields = this.#with(event);
      checkFields(fields);
      this.fields = fields;
      this.isDone = true;
    } else if (event.event === "started") {
      this.fields = this.#with(event);
      this.areKnown = true;
      this.await(undefined);
      line.expect(event.names.length);
      this.#open = event.names.length;
      for (const name of ordered(event.names, order)) {
        this.#results.set(name, undefined);
        line.start(name, () => seconds(name));
      }
    } else {
      const { cluster, status_code: status, answer, transport, same_server_as: same } = event;
      const body = answer as Answer["body"];
      const failure = failureIn(() => check(event));
      if (failure !== undefined) {
        const isUnknown = isWrite && mayBeDone({ status });
        return this.#finish(cluster, {
          failure,
          ...isUnknown && { unfinished: "unknown" as const },
        });
      }
      this.#finish(cluster, {
        answer: { status, body },
        ...transport === undefined ? {} : { transport },
        ...same === undefined ? {} : { sameServerAs: same },
        ...body.code === "not_begun" ? { unfinished: "skipped" } : {},
      });
    }
  }

  #with({ event: _, ...fields }: Exclude<FleetEvent, { event: "cluster" }>): StreamFields {
    return { ...this.fields, ...fields };
  }

  /** Finishes the clusters without an event. */
  finishOthers(rest: Partial<JobResult>): void {
    for (const [name, result] of this.#results) if (result === undefined) this.#finish(name, rest);
  }

  #finish(cluster: string, outcome: Partial<JobResult>): void {
    const { line, adjusted, onFinished } = this.how;
    line.finish(cluster);
    const result = adjusted({ ...this.job, ...outcome, cluster });
    this.#results.set(cluster, result);
    onFinished(result);
    this.#open -= 1;
    if (this.#open === 0 && !this.isDone) this.await("after");
  }

  get results(): readonly JobResult[] {
    return [...this.#results.values()].filter((each) => each !== undefined);
  }
}

/** The {@link Failure} that a function throws. */
function failureIn(act: () => void): Failure | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Sorts names by the first item of the order that matches each. */
function ordered(names: readonly string[], order: readonly string[]): readonly string[] {
  const matchers = order.map((item) => new Selection([item]));
  const places = new Map(
    names.map((name) => [name, matchers.findIndex((each) => each.has(name))]),
  );
  return names.toSorted((a, b) => places.get(a)! - places.get(b)!);
}
