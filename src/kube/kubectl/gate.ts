import { cannotReach, KubeError } from "../errors.ts";

export type GateLimits = Readonly<ReturnType<typeof defaultGateLimits>>;

/** Limits of kubectl processes. Starting a kubectl costs CPU time; waiting for its response does not. */
export function defaultGateLimits(cores: number) {
  return {
    /** Processes between spawn and first output. */
    starting: 2 * cores,
    /** Processes of all clusters; as many again are reserved for clusters that have none. */
    alive: 32,
    /** Processes of one cluster, so that hung ones cannot take all slots. */
    alivePerCluster: 8,
    /** Processes that wait for a slot; further ones are rejected. */
    queue: 256,
    /** Processes of one cluster that wait for a slot. */
    queuePerCluster: 64,
    /** Milliseconds after which a process without output no longer counts as starting. */
    startTime: 300,
  };
}

/** A slot for one process. */
export interface ProcessSlot {
  /** Call it at the first output: the process no longer counts as starting. */
  started(): void;
  /** Call it when the process has exited. */
  release(): void;
}

interface Waiting {
  readonly cluster: string;
  enter(): void;
}

/** How many of the last start-ups are remembered. */
const REMEMBERED = 10;

/** Start-ups up to this many milliseconds before a process started are compared with it. */
const BEFORE = 10_000;

/** Factor by which the delay of start-ups is deducted from a cluster's time, since start-ups vary. */
const DOUBT = 3;

/** Assigns slots to processes, first come first served within each cluster's share. */
export class ProcessGate {
  #starting = 0;
  #alive = 0;
  readonly #aliveOf = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  /** The last start-ups: when the first output came, and after how many milliseconds. */
  readonly #starts: { readonly at: number; readonly took: number }[] = [];

  constructor(readonly limits: GateLimits) {}

  /**
   * Waits for a slot.
   * @param signal aborts when the deadline passes
   * @throws {KubeError} `busy` when the queue is full or no slot was free by the deadline; `timeout` when
   * the deadline had passed already
   */
  enter(cluster: string, signal: AbortSignal): Promise<ProcessSlot> {
    if (signal.aborted) return Promise.reject(tooLate(cluster));
    if (this.#fits(cluster)) return Promise.resolve(this.#take(cluster));
    const ofCluster = this.#waiting.filter((waiting) => waiting.cluster === cluster).length;
    if (this.#waiting.length >= this.limits.queue || ofCluster >= this.limits.queuePerCluster) {
      return Promise.reject(busy(cluster, "the queue for kubectl processes is full"));
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
        reject(busy(cluster, "the limit of kubectl processes is reached"));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /**
   * The part of a process's run time that its cluster had to respond. When every recent start-up took
   * longer than usual, the CPU is overloaded, and a missing response says nothing about the cluster.
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
    // Reserved for clusters without a process: hung clusters may hold all the other slots.
    const most = ofCluster === 0 ? 2 * alive : alive;
    return this.#starting < starting && this.#alive < most && ofCluster < alivePerCluster;
  }

  #take(cluster: string): ProcessSlot {
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

/** Seconds after which a slot may be free again. */
const RETRY_AFTER = 5;

/** The server is overloaded, not the cluster, which got no request. */
function busy(cluster: string, why: string): KubeError {
  const message = `Busy: ${why}; retry in ${RETRY_AFTER} s`;
  return new KubeError("busy", message, { cluster, retryAfter: RETRY_AFTER, sent: false });
}

/** Earlier steps used up the request's time. */
function tooLate(cluster: string): KubeError {
  const why = "the deadline passed before kubectl was started";
  return cannotReach(cluster, "timeout", why, { sent: false });
}
