import { Overloaded, retryAfter, stopping } from "./overloaded.ts";
import type { LimitsOptions } from "./server_limits.ts";
import { Times } from "./times.ts";
import { Turns } from "../async/turns.ts";

/** Of what is carried out, half is for each of them while both wait. */
export type Kind = "read" | "write";

type Full = Overloaded["full"];

interface Waiter {
  enter(): void;
  refuse(error: Overloaded): void;
}

/** A cluster that somebody waits for, or that somebody is at. */
interface Cluster {
  readonly name: string;
  readonly held: Record<Kind, number>;
  readonly waiting: Record<Kind, Turns<Waiter>>;
  /** The sum of the times at which those that are there have begun. */
  began: number;
}

/** Places that are taken: of all, or of a token. */
interface Used {
  working: number;
  held: number;
}

/** What a token may hold of all places: who has another one finds one free. */
const TOKEN_SHARE = 3 / 4;

/**
 * The places for requests to clusters, and who waits for one. Those are let in cluster by cluster and
 * token by token in turn; half of the places are kept for writes while writes wait, and for reads
 * while reads do. Who waits or is refused costs no more than an entry in a map.
 */
export class Places {
  /** In the order in which they have their turn. */
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
   * @returns what frees the place again; to be called once
   * @throws {Overloaded} at once when it would not be its turn in time, or later when it was not
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
      waiting: { read: new Turns<Waiter>(), write: new Turns<Waiter>() },
      began: 0,
    };
    // Nobody waits who could go, so it takes no one's turn.
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

  /** Refuses all that wait. */
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

  /** Whether there is a place for one more request to this cluster with this token. */
  #isRoom(cluster: Cluster, token: string | undefined): boolean {
    const { places, held, perCluster } = this.#options;
    const there = heldOf(cluster);
    if (there >= perCluster) return false;
    // One more for a cluster that has none: several hung ones may hold all the others.
    const times = there === 0 ? 2 : 1;
    const isWithin = (used: Used, share: number) =>
      used.working < Math.ceil(share * places) * times &&
      used.held < Math.ceil(share * held) * times;
    const ofToken = token === undefined ? undefined : this.#tokens.get(token);
    return isWithin(this.#sum, 1) && (ofToken === undefined || isWithin(ofToken, TOKEN_SHARE));
  }

  #take(cluster: Cluster, token: string | undefined, kind: Kind): () => void {
    const began = performance.now();
    this.#clusters.set(cluster.name, cluster);
    cluster.held[kind]++;
    cluster.began += began;
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
      this.#times.worked(performance.now() - began);
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
      cluster.began -= began;
      this.#times.took(cluster.name, performance.now() - began);
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

  /** Lets in who may go, as long as there is room. */
  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) next.enter();
  }

  #next(): Waiter | undefined {
    if (this.#waiting === 0) return undefined;
    const { read, write } = this.#working;
    const half = this.#options.places / 2;
    const first = read >= half ? "write" : write >= half ? "read" : undefined;
    // Of all clusters, and then of the one whose turn it is, the kind that has less goes first.
    return (first && this.#nextOf(() => [first])) ??
      this.#nextOf(({ held }) => held.write <= held.read ? ["write", "read"] : ["read", "write"]);
  }

  #nextOf(kinds: (cluster: Cluster) => readonly Kind[]): Waiter | undefined {
    for (const cluster of this.#clusters.values()) {
      for (const kind of kinds(cluster)) {
        const next = cluster.waiting[kind].next((token) => this.#isRoom(cluster, token));
        if (next === undefined) continue;
        this.#clusters.delete(cluster.name); // it is set again, behind the others
        return next;
      }
    }
    return undefined;
  }

  /** How long one that comes now would wait, in milliseconds, and for what. */
  #foresee(
    cluster: Cluster,
    token: string | undefined,
    kind: Kind,
  ): { readonly wait: number; readonly full: Full } {
    const { places, held, perCluster } = this.#options;
    const other = cluster.waiting[kind === "write" ? "read" : "write"];
    const own = cluster.waiting[kind].before(token) + 1;
    const before = own + Math.min(other.size, own);
    let all = before;
    for (const each of this.#clusters.values()) {
      if (each !== cluster) all += Math.min(waitingFor(each), before);
    }
    const forCluster = before * this.#timeAt(cluster) / perCluster;
    const forServer = all * this.#times.work / places;
    const wait = Math.max(forCluster, forServer);
    const isFull = this.#sum.working >= places || this.#sum.held >= held;
    if (heldOf(cluster) >= perCluster && (!isFull || forCluster >= forServer)) {
      return { wait, full: "cluster" };
    }
    return { wait, full: isFull || token === undefined ? "server" : "token" };
  }

  /** Milliseconds that a request to it takes: as long as before, or as those that are there at least. */
  #timeAt(cluster: Cluster): number {
    const count = heldOf(cluster);
    const age = count === 0 ? 0 : performance.now() - cluster.began / count;
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
