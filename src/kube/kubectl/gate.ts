import { cannotReach, type KubeError } from "../errors.ts";

export type GateLimits = Readonly<ReturnType<typeof defaultGateLimits>>;

/** How many processes there may be. It is the start of a kubectl that costs, not its waiting. */
export function defaultGateLimits(cores: number) {
  return {
    /** At once between spawn and first output. */
    starting: 2 * cores,
    /** At once, all clusters together; as many more for clusters that have none. */
    alive: 32,
    /** At once for one cluster, so that hung ones cannot take all places. */
    alivePerCluster: 8,
    /** Waiting for a place; one more is refused. */
    queue: 256,
    /** Waiting for a place, of one cluster. */
    queuePerCluster: 64,
    /** Milliseconds after which a silent process no longer counts as starting. */
    startTime: 300,
  };
}

/** A place for one process. */
export interface Place {
  /** The process has answered something: it no longer counts as starting. */
  started(): void;
  /** The process has gone. */
  release(): void;
}

interface Waiting {
  readonly cluster: string;
  enter(): void;
}

/** Of so many last starts it is known how long they took. */
const REMEMBERED = 10;

/** For how many milliseconds before a process begins they say something of its time. */
const BEFORE = 10_000;

/** How often what a start takes longer than usual is taken off what its cluster had: others vary. */
const DOUBT = 3;

/** Gives places to processes, in the order of asking as far as each cluster's share allows. */
export class ProcessGate {
  #starting = 0;
  #alive = 0;
  readonly #aliveOf = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  /** The last ones that ended with output: when, and after how many milliseconds. */
  readonly #starts: { readonly at: number; readonly took: number }[] = [];

  constructor(readonly limits: GateLimits) {}

  /**
   * Waits for a place.
   * @param signal aborts when the deadline passes
   * @throws {KubeError} `busy` when the queue is full or no place came free by the deadline,
   * `timeout` when that had passed already
   */
  enter(cluster: string, signal: AbortSignal): Promise<Place> {
    if (signal.aborted) return Promise.reject(tooLate(cluster));
    if (this.#fits(cluster)) return Promise.resolve(this.#take(cluster));
    const ofCluster = this.#waiting.filter((waiting) => waiting.cluster === cluster).length;
    if (this.#waiting.length >= this.limits.queue || ofCluster >= this.limits.queuePerCluster) {
      return Promise.reject(busy(cluster, "too many kubectl processes are waiting already"));
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        cluster,
        enter: () => {
          signal.removeEventListener("abort", onAbort);
          resolve(this.#take(cluster));
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(busy(cluster, "the server had too many kubectl processes running all the time"));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /**
   * Of the time that a process has run, what its cluster had to answer in. When no process at all
   * gets to its first output in the usual time meanwhile, the processors have too much to do, and a cluster
   * that has not answered says nothing by it.
   * @param ran milliseconds
   */
  givenOf(ran: number): number {
    const since = performance.now() - ran - BEFORE;
    const took = this.#starts.filter(({ at }) => at >= since).map(({ took }) => took);
    if (took.length === 0) return ran;
    return Math.max(0, ran - DOUBT * Math.max(0, Math.min(...took) - this.limits.startTime));
  }

  #fits(cluster: string): boolean {
    const { starting, alive, alivePerCluster } = this.limits;
    const ofCluster = this.#aliveOf.get(cluster) ?? 0;
    // One more for a cluster that has none: several hung ones may hold all the others.
    const most = ofCluster === 0 ? 2 * alive : alive;
    return this.#starting < starting && this.#alive < most && ofCluster < alivePerCluster;
  }

  #take(cluster: string): Place {
    this.#starting++;
    this.#alive++;
    this.#aliveOf.set(cluster, (this.#aliveOf.get(cluster) ?? 0) + 1);
    const began = performance.now();
    let starting = true;
    let alive = true;
    let silent = true;
    const endStart = () => {
      if (!starting) return;
      starting = false;
      clearTimeout(timer);
      this.#starting--;
      this.#admit();
    };
    const timer = setTimeout(endStart, this.limits.startTime);
    const started = () => {
      if (silent) this.#remember(performance.now() - began);
      silent = false;
      endStart();
    };
    const release = () => {
      if (!alive) return;
      alive = false;
      this.#alive--;
      const left = (this.#aliveOf.get(cluster) ?? 1) - 1;
      if (left > 0) this.#aliveOf.set(cluster, left);
      else this.#aliveOf.delete(cluster);
      endStart();
      this.#admit();
    };
    return { started, release };
  }

  #remember(took: number): void {
    this.#starts.push({ at: performance.now(), took });
    if (this.#starts.length > REMEMBERED) this.#starts.shift();
  }

  #admit(): void {
    for (let i = 0; i < this.#waiting.length;) {
      const next = this.#waiting[i]!;
      if (this.#fits(next.cluster)) {
        this.#waiting.splice(i, 1);
        next.enter();
      } else {
        i++;
      }
    }
  }
}

/** Seconds after which there may be a place again. */
const RETRY_AFTER = 5;

/** It is this server that has too much to do: of the cluster, which was not asked, it says nothing. */
function busy(cluster: string, why: string): KubeError {
  const then = `${why}; try again in ${RETRY_AFTER} seconds`;
  return cannotReach(cluster, "busy", then, { retryAfter: RETRY_AFTER, asked: false });
}

/** What came before has taken all the time. */
function tooLate(cluster: string): KubeError {
  const why = "the deadline passed before kubectl was run";
  return cannotReach(cluster, "timeout", why, { asked: false });
}
