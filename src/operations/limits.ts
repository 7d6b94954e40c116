import { Overloaded, stopping } from "./overloaded.ts";
import { Places } from "./places.ts";
import type { LimitsOptions } from "./server_limits.ts";

export { type LimitsOptions, Overloaded };

/** What an operation does; `try` is a dry run or a credential that is tried, and ranks as a read. */
export type Effect = "read" | "write" | "try";

/** Who wants to do what. */
export interface Asked {
  /** Absent of what needs no cluster: that never waits, it is let in or refused at once. */
  readonly cluster?: string;
  /** Name of the token; absent where none is asked for, and then no token has a share. */
  readonly token?: string;
  /** Whether it is about several clusters, all of whose answers it may hold. @default false */
  readonly isFleet?: boolean | undefined;
  readonly effect: Effect;
  /**
   * Aborted when nobody waits for the answer any more; only who has no place yet is left out then, and
   * only of who has none it is asked for.
   */
  readonly gone?: () => AbortSignal;
}

/**
 * Lets in as many requests as can be carried out in time, and tells the others at once when to come
 * back. A cluster and a token have a share each, so that a cluster that hangs or a client without a
 * pause does not take everything from the others.
 */
export class Limits {
  #options: LimitsOptions;
  readonly #places: Places;
  /** Requests under way, who waits among them; of each token that has any, too. */
  #underWay = 0;
  readonly #ofToken = new Map<string, number>();
  /** Those about several clusters. */
  readonly #fleetsOfToken = new Map<string, number>();
  #isClosed = false;

  constructor(options: LimitsOptions) {
    this.#options = options;
    this.#places = new Places(options);
  }

  /** Takes other numbers from now on; who is let in already stays. */
  configure(options: LimitsOptions): void {
    this.#options = options;
    this.#places.configure(options);
  }

  /**
   * Acts when there is a place, which is free again when that has ended, however.
   * @throws {Overloaded} at once when it would not be its turn in time, or later when it was not
   */
  async during<Result>(asked: Asked, act: () => Promise<Result>): Promise<Result> {
    const release = await this.enter(asked);
    try {
      return await act();
    } finally {
      release();
    }
  }

  /**
   * A place, for what lasts longer than a promise.
   * @returns what frees it again; to be called at the end, and more often does no harm
   * @throws {Overloaded} as {@link during} does
   */
  async enter(asked: Asked): Promise<() => void> {
    const { cluster, token, effect, gone, isFleet = false } = asked;
    const { all, perToken, fleetsPerToken } = this.#options;
    if (this.#isClosed) throw stopping();
    if (this.#underWay >= all) throw new Overloaded({ full: "server", retryAfter: 1 });
    const isFull = (counts: ReadonlyMap<string, number>, most: number) =>
      token !== undefined && (counts.get(token) ?? 0) >= most;
    if (
      isFull(this.#ofToken, perToken) || isFleet && isFull(this.#fleetsOfToken, fleetsPerToken)
    ) {
      throw new Overloaded({ full: "token", token, retryAfter: 1 });
    }
    this.#count(asked, 1);
    let release = () => {};
    try {
      if (cluster !== undefined) {
        const kind = effect === "write" ? "write" : "read";
        release = await this.#places.enter(cluster, token, kind, gone);
      }
    } catch (error) {
      this.#count(asked, -1);
      throw error;
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#count(asked, -1);
      release();
    };
  }

  /** Before a stop: who waits is refused, like who comes from now on. Who has a place keeps it. */
  close(): void {
    this.#isClosed = true;
    this.#places.refuseWaiting();
  }

  /** Whether the program is about to stop. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  #count({ token, isFleet = false }: Asked, change: 1 | -1): void {
    this.#underWay += change;
    if (token === undefined) return;
    for (const counts of [this.#ofToken, ...isFleet ? [this.#fleetsOfToken] : []]) {
      const count = (counts.get(token) ?? 0) + change;
      if (count > 0) counts.set(token, count);
      else counts.delete(token);
    }
  }
}
