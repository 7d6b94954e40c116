import { Overloaded, stopping } from "./overloaded.ts";
import { Slots } from "./slots.ts";
import type { LimitsOptions } from "./server_limits.ts";

export { type LimitsOptions, Overloaded };

/** What an operation does; `try` is a dry run or the verification of a credential, and counts as a read. */
export type Effect = "read" | "write" | "try";

/** A request for a slot. */
export interface SlotRequest {
  /** Absent if no cluster is used: the request never waits, it is admitted or rejected immediately. */
  readonly cluster?: string;
  /** Name of the token; absent if the server requires none, and then there are no limits per token. */
  readonly token?: string;
  /** Whether it is about several clusters, and may hold the responses of all of them. @default false */
  readonly isFleet?: boolean | undefined;
  readonly effect: Effect;
  /**
   * Aborted when the client has gone away; a request that still waits for its slot is rejected then. Called
   * only if the request waits.
   */
  readonly gone?: () => AbortSignal;
}

/**
 * Admits as many requests as can be served in time, and rejects the others immediately with the time of a
 * retry. Each cluster and each token has a share, so that a hanging cluster or a busy client leaves slots to
 * the others.
 */
export class Limits {
  #options: LimitsOptions;
  readonly #slots: Slots;
  /** Running and waiting requests, in total and by token. */
  #underWay = 0;
  readonly #ofToken = new Map<string, number>();
  /** Of these, requests about several clusters. */
  readonly #fleetsOfToken = new Map<string, number>();
  #isClosed = false;

  constructor(options: LimitsOptions) {
    this.#options = options;
    this.#slots = new Slots(options);
  }

  /** Changes the limits; admitted requests continue. */
  configure(options: LimitsOptions): void {
    this.#options = options;
    this.#slots.configure(options);
  }

  /**
   * Acts in a slot, and releases the slot when the action has succeeded or failed.
   * @throws {Overloaded} immediately if the wait would be too long, or later if it was
   */
  async during<Result>(asked: SlotRequest, act: () => Promise<Result>): Promise<Result> {
    const release = await this.enter(asked);
    try {
      return await act();
    } finally {
      release();
    }
  }

  /**
   * Takes a slot for longer than one promise.
   * @returns releases the slot; repeated calls have no effect
   * @throws {Overloaded} see {@link during}
   */
  async enter(asked: SlotRequest): Promise<() => void> {
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
        release = await this.#slots.enter(cluster, token, kind, gone);
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

  /** Before shutdown: rejects waiting and new requests; running ones keep their slots. */
  close(): void {
    this.#isClosed = true;
    this.#slots.refuseWaiting();
  }

  /** Whether the server is about to stop. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  #count({ token, isFleet = false }: SlotRequest, change: 1 | -1): void {
    this.#underWay += change;
    if (token === undefined) return;
    for (const counts of [this.#ofToken, ...isFleet ? [this.#fleetsOfToken] : []]) {
      const count = (counts.get(token) ?? 0) + change;
      if (count > 0) counts.set(token, count);
      else counts.delete(token);
    }
  }
}
