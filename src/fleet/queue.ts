import { FairTurns, type Whose } from "./fair_turns.ts";

/** What a cluster takes while it is asked: connections, or processes, whose start is what costs. */
export type Takes = "connections" | "processes";

export interface FleetLimits {
  /** Clusters of all requests that are at work at once. */
  readonly atOnce: Readonly<Record<Takes, number>>;
  /** Milliseconds after which a cluster is no work for this machine any more: it is waited for. */
  readonly stalled: number;
  /** Clusters that are under way at once, those that are waited for among them. */
  readonly held: Readonly<Record<Takes, number>>;
  /** Of these those with one API server: one that hangs takes no more, however many ask for it. */
  readonly perServer: Readonly<Record<Takes, number>>;
}

/** Which cluster is to be asked, and for whom. */
export interface Turn extends Whose {
  /** Its API server. */
  readonly server: string;
  readonly takes: Takes;
}

interface Waiting {
  readonly server: string;
  readonly enter: () => void;
}

/**
 * Turns of the clusters of all requests about several, in this process. A request waits for as long as
 * it takes. Callers take turns, and so do a caller's requests: a small one is not behind all clusters of
 * a large one, nor behind the many of somebody else. A cluster that hangs gives its turn to another
 * after a while and stays under way: it costs its own deadline, and who asks for others no time.
 */
export class FleetQueue {
  #limits: FleetLimits;
  readonly #waiting: Record<Takes, FairTurns<Waiting>> = {
    connections: new FairTurns(),
    processes: new FairTurns(),
  };
  readonly #working: Record<Takes, number> = { connections: 0, processes: 0 };
  readonly #held: Record<Takes, number> = { connections: 0, processes: 0 };
  /** Of each server that has any. */
  readonly #heldOf: Record<Takes, Map<string, number>> = {
    connections: new Map(),
    processes: new Map(),
  };

  constructor(limits: FleetLimits) {
    this.#limits = limits;
  }

  /** Takes other numbers from now on; what is under way stays. */
  configure(limits: FleetLimits): void {
    this.#limits = limits;
    this.#admit();
  }

  /** Acts when there is a turn, which is over when that has ended, however. */
  async during<Result>(
    { takes, server, ...whose }: Turn,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting[takes].add(whose, { server, enter: resolve });
    this.#admit();
    await promise;
    const end = this.#end(takes, server);
    try {
      return await act();
    } finally {
      end();
    }
  }

  /** Has the turn of one that was let in end. */
  #end(takes: Takes, server: string): () => void {
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
