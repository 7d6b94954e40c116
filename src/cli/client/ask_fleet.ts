import { Selection } from "../../clusters/selection.ts";
import type { ClusterEntry, FleetEvent } from "../../operations/fleet_answers.ts";
import { bugText } from "../bug.ts";
import { Failure } from "../failure.ts";
import type { AskAll } from "./ask_all.ts";
import type { ToldOfAll, View } from "../views/view.ts";
import { type Asked, type Job, leftOff } from "./asked.ts";
import { type Answer, type Followed, isFollowed, mayBeDone } from "./way.ts";

/** What one call asks of several clusters. */
export type FleetJob = Omit<Job, "cluster">;

export interface AskFleet
  extends Pick<AskAll, "line" | "interruption" | "whenInterrupted" | "taken" | "onEnded"> {
  follow(gone: AbortSignal): Promise<Answer | Followed>;
  /** After how many seconds a cluster is given up. */
  seconds(cluster: string): Promise<number | undefined>;
  /** @throws {Failure} of what this program would not say of a cluster */
  check(entry: ClusterEntry): void;
  /** @throws {Failure} of what this program would not say of all clusters at the end */
  checkTold(told: ToldOfAll): void;
  /** Whether a cluster of which nothing was told may have been changed. */
  readonly isWrite: boolean;
  /** Names and patterns in the order in which their clusters are to be shown. */
  readonly order: readonly string[];
  /** What is awaited before the first cluster is told of, and after the last one. */
  readonly steps?: View["steps"];
}

/** What came of it: by cluster, or of the call as a whole, where no cluster was asked or told of. */
export type FleetAsked =
  | { readonly kind: "clusters"; readonly asked: readonly Asked[] } & ToldAtEnd
  | { readonly kind: "whole"; readonly asked: Asked };

/** What was told beside each cluster. */
export interface ToldAtEnd {
  readonly told: ToldOfAll;
  /** Why the end was not told. */
  readonly cut?: Failure;
}

/** Asks several clusters by one call. */
export async function askFleet(job: FleetJob, how: AskFleet): Promise<FleetAsked> {
  const clusters = new Clusters(job, how);
  clusters.await("before");
  const rest = await heard(clusters, how);
  clusters.endOthers(rest);
  clusters.await(undefined);
  if (!clusters.areKnown) return { kind: "whole", asked: { ...job, cluster: undefined, ...rest } };
  const { isEnded, told } = clusters;
  const cut = isEnded || rest.failure === undefined ? {} : { cut: rest.failure };
  return { kind: "clusters", asked: clusters.asked, told, ...cut };
}

const LEFT = Symbol("left");

/** Of a server that says that it is done, and does not say with what. */
const UNTOLD = "The server reported no result for this cluster";

/**
 * Hears what is told of clusters to its end, or until nobody waits any longer.
 * @returns what came of those of which nothing was told
 */
async function heard(clusters: Clusters, how: AskFleet): Promise<Partial<Asked>> {
  const { interruption: { signal }, whenInterrupted, isWrite } = how;
  const left = Promise.withResolvers<typeof LEFT>();
  const leave = () => left.resolve(LEFT);
  if (whenInterrupted !== "wait") signal.addEventListener("abort", leave);
  const unlessLeft = <T>(coming: Promise<T>) => {
    coming.catch(() => {}); // nobody may be there to hear of it
    return Promise.race([coming, left.promise]);
  };
  const interrupted = () => leftOff(whenInterrupted === "wait" ? "not begun" : whenInterrupted);
  const untold = (failure: Failure) => ({
    failure,
    ...isWrite && clusters.areKnown ? { left: "unknown" as const } : {},
  });
  try {
    const came = await unlessLeft(how.follow(signal));
    if (came === LEFT) return interrupted();
    if (!isFollowed(came)) return { answer: came };
    const iterator = came[Symbol.asyncIterator]();
    for (;;) {
      const next = await unlessLeft(iterator.next());
      if (next === LEFT) return interrupted();
      if (next.done) return untold(new Failure(UNTOLD));
      clusters.take(next.value);
    }
  } catch (error) {
    return untold(error instanceof Failure ? error : new Failure(bugText(error)));
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** The clusters of one call, and what is told of each. */
class Clusters {
  /** By name, in the order in which they are shown. */
  readonly #ended = new Map<string, Asked | undefined>();
  /** Whether it was told which there are. */
  areKnown = false;
  /** Whether the end was told. */
  isEnded = false;
  /** What was told of all of them. */
  told: ToldOfAll = {};
  /** What is awaited besides. */
  #step: string | undefined;
  /** How many have not ended. */
  #open = 0;

  constructor(readonly job: FleetJob, readonly how: AskFleet) {}

  /** Tells what is awaited where it is no cluster. */
  await(step: keyof NonNullable<View["steps"]> | undefined): void {
    const { line, steps } = this.how;
    if (this.#step !== undefined) line.end(this.#step);
    this.#step = step && steps?.[step];
    if (this.#step === undefined) return;
    line.expect(1);
    line.begin(this.#step);
  }

  take(event: FleetEvent): void {
    const { line, seconds, check, checkTold, order, isWrite } = this.how;
    if (event.event === "done") {
      const told = this.#with(event);
      checkTold(told);
      this.told = told;
      this.isEnded = true;
    } else if (event.event === "started") {
      this.told = this.#with(event);
      this.areKnown = true;
      this.await(undefined);
      line.expect(event.names.length);
      this.#open = event.names.length;
      for (const name of ordered(event.names, order)) {
        this.#ended.set(name, undefined);
        line.begin(name, () => seconds(name));
      }
    } else {
      const { cluster, status_code: status, answer, transport, same_server_as: same } = event;
      const body = answer as Answer["body"];
      const strange = whyNot(() => check(event));
      if (strange !== undefined) {
        const left = isWrite && mayBeDone({ status }) ? { left: "unknown" as const } : {};
        return this.#end(cluster, { failure: strange, ...left });
      }
      this.#end(cluster, {
        answer: { status, body },
        ...transport === undefined ? {} : { transport },
        ...same === undefined ? {} : { sameServerAs: same },
        ...body.code === "not_begun" ? { left: "not begun" } : {},
      });
    }
  }

  #with({ event: _, ...told }: Exclude<FleetEvent, { event: "cluster" }>): ToldOfAll {
    return { ...this.told, ...told };
  }

  /** Ends those of which nothing was told. */
  endOthers(rest: Partial<Asked>): void {
    for (const [name, ended] of this.#ended) if (ended === undefined) this.#end(name, rest);
  }

  #end(cluster: string, came: Partial<Asked>): void {
    const { line, taken, onEnded } = this.how;
    line.end(cluster);
    const ended = taken({ ...this.job, ...came, cluster });
    this.#ended.set(cluster, ended);
    onEnded(ended);
    this.#open -= 1;
    if (this.#open === 0 && !this.isEnded) this.await("after");
  }

  get asked(): readonly Asked[] {
    return [...this.#ended.values()].filter((each) => each !== undefined);
  }
}

/** The failure that is thrown. */
function whyNot(act: () => void): Failure | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Names as who asks has them, by the first that each matches. */
function ordered(names: readonly string[], order: readonly string[]): readonly string[] {
  const matchers = order.map((item) => new Selection([item]));
  const places = new Map(
    names.map((name) => [name, matchers.findIndex((each) => each.has(name))]),
  );
  return names.toSorted((a, b) => places.get(a)! - places.get(b)!);
}
