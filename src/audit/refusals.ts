import { addressGroup } from "../net/address_group.ts";
import { PerMinute } from "../rate_limit/per_minute.ts";

/**
 * Decides which refused attempts are recorded, so that nobody can fill the disk with them, from
 * however many addresses; an IPv6 /64 is one. Strangers take no place from those who have a token:
 * what is tried with a stolen one is worth more than what anybody may send.
 */
export class Refusals {
  readonly #eachClient: PerMinute;
  readonly #total: PerMinute;
  #leftOut = 0;

  /**
   * @param now the time in milliseconds. @default the real one
   * @param eachClient how many a minute are recorded of one name and address
   * @param total how many a minute of all whom a token names, and as many of all others
   */
  constructor({ now = () => Date.now(), eachClient = 10, total = 30 } = {}) {
    this.#eachClient = new PerMinute({ now, allowed: eachClient });
    this.#total = new PerMinute({ now, allowed: total });
  }

  /**
   * Counts one of somebody.
   * @param isKnown whether a token has told who it is
   * @returns how many were left out since the last one that was recorded, whoever they were of;
   * `undefined` when this one is not to be recorded
   */
  admit(
    { name, from, isKnown }: { name: string; from: string; isKnown: boolean },
  ): number | undefined {
    const client = JSON.stringify([name, addressGroup(from)]);
    // Who is alone too many takes nothing from what is left for all.
    if (this.#eachClient.count(client).isTooMany || this.#total.count(String(isKnown)).isTooMany) {
      this.#leftOut++;
      return undefined;
    }
    return this.takeLeftOut();
  }

  /** Those that `admit` has told of could not be recorded: they are told with the next one. */
  giveBack(leftOut: number): void {
    this.#leftOut += leftOut;
  }

  /** Those that nobody was told of yet, who is told now. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}
