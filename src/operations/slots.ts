import { Overloaded, retryAfter, stopping } from "./overloaded.ts";
import type { LimitsOptions } from "./server_limits.ts";
import { Times } from "./times.ts";
import { RoundRobin } from "../async/round_robin.ts";

/** While requests of both kinds wait, each kind gets half of the slots. */
export type Kind = "read" | "write";

type Full = Overloaded["full"];

interface Waiter {
  enter(): void;
  refuse(error: Overloaded): void;
}

/** A cluster with requests that run or wait. */
interface Cluster {
  readonly name: string;
  readonly held: Record<Kind, number>;
  readonly waiting: Record<Kind, RoundRobin<Waiter>>;
  /** The sum of the start times of its running requests. */
  started: number;
}

/** Slots in use, in total or by a token. */
interface Used {
  working: number;
  held: number;
}

/** The share of all slots that a token may hold, so that other tokens find a free one. */
const TOKEN_SHARE = 3 / 4;

/**
 * The slots for requests to clusters, and the queue for them. Waiting requests are admitted round robin, by
 * cluster and then by token. Half of the slots are reserved for writes while writes wait, and for reads while
 * reads wait. A waiting or rejected request costs no more than an entry in a map.
 */
export class Slots {
  /** In the order of their turns. */
  readonly #clusters = new Map<string, Cluster>();
  readonly #tokens = new Map<string, Used>();
  readonly #sum: Used = { working: 0, held: 0 };
  readonly #working: Record<Kind, number> = { read: 0, write: 0 };
  #waiting = 0;
  readonly #times = new Times();

  #options: LimitsOptions;

  constructor(options: LimitsOptions) {
    this.#options = options;
  }

  configure(options: LimitsOptions): void {
    this.#options = options;
    this.#admit();
  }

  /**
   * @returns releases the slot; to be called once
   * @throws {Overloaded} immediately if the wait would be too long, or later if it was
   */
  enter(
    name: string,
    token: string | undefined,
    kind: Kind,
    gone?: () => AbortSignal,
  ): Promise<() => void> {
    const cluster = this.#clusters.get(name) ?? {
      name,
      held: { read: 0, write: 0 },
      waiting: { read: new RoundRobin<Waiter>(), write: new RoundRobin<Waiter>() },
      started: 0,
    };
    // No waiting request could use this slot, so the new one overtakes nobody.
    if (this.#isRoom(cluster, token)) return Promise.resolve(this.#take(cluster, token, kind));
    const { wait, full } = this.#foresee(cluster, token, kind);
    const { waiting, waitingPerCluster, wait: longest } = this.#options;
    const refuse = (full: Full) => Promise.reject(this.#overloaded(full, cluster, token, wait));
    if (wait > longest) return refuse(full);
    if (waitingFor(cluster) >= waitingPerCluster) return refuse("cluster");
    if (this.#waiting >= waiting) return refuse("server");
    this.#clusters.set(name, cluster);
    return this.#await(cluster, token, kind, full, gone?.());
  }

  /** Rejects all waiting requests. */
  refuseWaiting(): void {
    for (const { waiting } of [...this.#clusters.values()]) {
      for (const turns of Object.values(waiting)) {
        for (let one = turns.next(() => true); one; one = turns.next(() => true)) {
          one.refuse(stopping());
        }
      }
    }
  }

  #await(
    cluster: Cluster,
    token: string | undefined,
    kind: Kind,
    full: Full,
    signal: AbortSignal | undefined,
  ): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const turns = cluster.waiting[kind];
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      this.#waiting--;
    };
    const waiter: Waiter = {
      enter: () => {
        leave();
        resolve(this.#take(cluster, token, kind));
      },
      refuse: (error) => {
        leave();
        this.#forget(cluster);
        reject(error);
      },
    };
    const giveUp = () => {
      turns.remove(token, waiter);
      const { wait } = this.#foresee(cluster, token, kind);
      waiter.refuse(this.#overloaded(full, cluster, token, wait));
    };
    const timer = setTimeout(giveUp, this.#options.wait);
    signal?.addEventListener("abort", giveUp);
    this.#waiting++;
    turns.add(token, waiter);
    if (signal?.aborted) giveUp();
    return promise;
  }

  /** Whether one more request of this token to this cluster may run. */
  #isRoom(cluster: Cluster, token: string | undefined): boolean {
    const { slots, held, perCluster } = this.#options;
    const there = heldOf(cluster);
    if (there >= perCluster) return false;
    // Twice the limits for an idle cluster: hanging clusters may hold all regular slots.
    const times = there === 0 ? 2 : 1;
    const isWithin = (used: Used, share: number) =>
      used.working < Math.ceil(share * slots) * times &&
      used.held < Math.ceil(share * held) * times;
    const ofToken = token === undefined ? undefined : this.#tokens.get(token);
    return isWithin(this.#sum, 1) && (ofToken === undefined || isWithin(ofToken, TOKEN_SHARE));
  }

  #take(cluster: Cluster, token: string | undefined, kind: Kind): () => void {
    const started = performance.now();
    this.#clusters.set(cluster.name, cluster);
    cluster.held[kind]++;
    cluster.started += started;
    const used = token === undefined ? [this.#sum] : [this.#sum, this.#usedBy(token)];
    for (const each of used) each.held++;
    for (const each of used) each.working++;
    this.#working[kind]++;

    let isWorking = true;
    const endWork = () => {
      if (!isWorking) return;
      isWorking = false;
      for (const each of used) each.working--;
      this.#working[kind]--;
      this.#times.worked(performance.now() - started);
    };
    const timer = setTimeout(() => {
      endWork();
      this.#admit();
    }, this.#options.stalled);
    return () => {
      clearTimeout(timer);
      endWork();
      for (const each of used) each.held--;
      if (token !== undefined && this.#usedBy(token).held === 0) this.#tokens.delete(token);
      cluster.held[kind]--;
      cluster.started -= started;
      this.#times.took(cluster.name, performance.now() - started);
      this.#forget(cluster);
      this.#admit();
    };
  }

  #usedBy(token: string): Used {
    const known = this.#tokens.get(token);
    if (known) return known;
    const used = { working: 0, held: 0 };
    this.#tokens.set(token, used);
    return used;
  }

  /** Admits waiting requests while there are free slots. */
  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) next.enter();
  }

  #next(): Waiter | undefined {
    if (this.#waiting === 0) return undefined;
    const { read, write } = this.#working;
    const half = this.#options.slots / 2;
    const first = read >= half ? "write" : write >= half ? "read" : undefined;
    // The kind with fewer slots goes first: of all clusters, then of the cluster whose turn it is.
    return (first && this.#nextOf(() => [first])) ??
      this.#nextOf(({ held }) => held.write <= held.read ? ["write", "read"] : ["read", "write"]);
  }

  #nextOf(kinds: (cluster: Cluster) => readonly Kind[]): Waiter | undefined {
    for (const cluster of this.#clusters.values()) {
      for (const kind of kinds(cluster)) {
        const next = cluster.waiting[kind].next((token) => this.#isRoom(cluster, token));
        if (next === undefined) continue;
        this.#clusters.delete(cluster.name); // set again behind the others
        return next;
      }
    }
    return undefined;
  }

  /** The wait of a new request in milliseconds, and the limit that causes it. */
  #foresee(
    cluster: Cluster,
    token: string | undefined,
    kind: Kind,
  ): { readonly wait: number; readonly full: Full } {
    const { slots, held, perCluster } = this.#options;
    const other = cluster.waiting[kind === "write" ? "read" : "write"];
    const own = cluster.waiting[kind].before(token) + 1;
    const before = own + Math.min(other.size, own);
    let all = before;
    for (const each of this.#clusters.values()) {
      if (each !== cluster) all += Math.min(waitingFor(each), before);
    }
    const forCluster = before * this.#timeAt(cluster) / perCluster;
    const forServer = all * this.#times.work / slots;
    const wait = Math.max(forCluster, forServer);
    const isFull = this.#sum.working >= slots || this.#sum.held >= held;
    if (heldOf(cluster) >= perCluster && (!isFull || forCluster >= forServer)) {
      return { wait, full: "cluster" };
    }
    return { wait, full: isFull || token === undefined ? "server" : "token" };
  }

  /** Expected duration of a request in milliseconds: of earlier ones, and at least the age of running ones. */
  #timeAt(cluster: Cluster): number {
    const count = heldOf(cluster);
    const age = count === 0 ? 0 : performance.now() - cluster.started / count;
    return Math.max(this.#times.at(cluster.name), age);
  }

  #forget(cluster: Cluster): void {
    if (heldOf(cluster) === 0 && waitingFor(cluster) === 0) this.#clusters.delete(cluster.name);
  }

  #overloaded(full: Full, { name }: Cluster, token: string | undefined, wait: number) {
    const again = retryAfter(wait, this.#options.wait);
    if (full === "cluster") return new Overloaded({ full, retryAfter: again, cluster: name });
    return new Overloaded({ full, retryAfter: again, ...(full === "token" ? { token } : {}) });
  }
}

const heldOf = ({ held }: Cluster) => held.read + held.write;

const waitingFor = ({ waiting }: Cluster) => waiting.read.size + waiting.write.size;
