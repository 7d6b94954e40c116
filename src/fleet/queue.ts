import { type CallOfCaller, FairCallQueue } from "./fair_call_queue.ts";

/** What a request to a cluster uses: connections, or kubectl processes, which are expensive to start. */
export type Takes = "connections" | "processes";

export interface FleetLimits {
  /** The most active clusters, over all requests. */
  readonly atOnce: Readonly<Record<Takes, number>>;
  /** Milliseconds after which a cluster counts as waiting, not as active: it no longer costs this machine work. */
  readonly stalled: number;
  /** The most active and waiting clusters. */
  readonly held: Readonly<Record<Takes, number>>;
  /** The most active and waiting clusters of one API server, which limits what a hanging server holds. */
  readonly perServer: Readonly<Record<Takes, number>>;
}

/** A request for a slot: for which server, and for which call. */
export interface ClusterSlotRequest extends CallOfCaller {
  /** Its API server. */
  readonly server: string;
  readonly takes: Takes;
}

interface Waiting {
  readonly server: string;
  readonly enter: () => void;
}

/**
 * Slots for the clusters of all multi-cluster requests of this process. A request waits as long as necessary. Callers
 * take turns, and so do the requests of a caller: a small request does not wait for all clusters of a large one, or for
 * the many requests of another caller. A hanging cluster gives its slot to another one after a while and keeps running:
 * it delays only itself.
 */
export class FleetQueue {
  #limits: FleetLimits;
  readonly #waiting: Record<Takes, FairCallQueue<Waiting>> = {
    connections: new FairCallQueue(),
    processes: new FairCallQueue(),
  };
  readonly #working: Record<Takes, number> = { connections: 0, processes: 0 };
  readonly #held: Record<Takes, number> = { connections: 0, processes: 0 };
  /** The held slots by server. */
  readonly #heldOf: Record<Takes, Map<string, number>> = {
    connections: new Map(),
    processes: new Map(),
  };

  constructor(limits: FleetLimits) {
    this.#limits = limits;
  }

  /** Changes the limits; running clusters are not affected. */
  configure(limits: FleetLimits): void {
    this.#limits = limits;
    this.#admit();
  }

  /** Waits for a slot, runs `act` in it, and releases the slot even if `act` fails. */
  async during<Result>(
    { takes, server, ...whose }: ClusterSlotRequest,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting[takes].add(whose, { server, enter: resolve });
    this.#admit();
    await promise;
    const release = this.#enter(takes, server);
    try {
      return await act();
    } finally {
      release();
    }
  }

  /** Starts the timer of a slot. @returns a function that releases the slot */
  #enter(takes: Takes, server: string): () => void {
    let isWorking = true;
    const endWork = () => {
      if (!isWorking) return;
      isWorking = false;
      this.#working[takes]--;
    };
    const timer = setTimeout(() => {
      endWork();
      this.#admit();
    }, this.#limits.stalled);
    return () => {
      clearTimeout(timer);
      endWork();
      this.#hold(takes, server, -1);
      this.#admit();
    };
  }

  #admit(): void {
    for (const takes of ["connections", "processes"] as const) {
      while (this.#isRoom(takes)) {
        const next = this.#waiting[takes].next(({ server }) => this.#isRoomAt(server, takes));
        if (next === undefined) break;
        this.#working[takes]++;
        this.#hold(takes, next.server, 1);
        next.enter();
      }
    }
  }

  #isRoom(takes: Takes): boolean {
    const { atOnce, held } = this.#limits;
    return this.#working[takes] < atOnce[takes] && this.#held[takes] < held[takes];
  }

  #isRoomAt(server: string, takes: Takes): boolean {
    return (this.#heldOf[takes].get(server) ?? 0) < this.#limits.perServer[takes];
  }

  #hold(takes: Takes, server: string, change: 1 | -1): void {
    this.#held[takes] += change;
    const ofServer = (this.#heldOf[takes].get(server) ?? 0) + change;
    if (ofServer > 0) this.#heldOf[takes].set(server, ofServer);
    else this.#heldOf[takes].delete(server);
  }
}
