import { addressGroup } from "../net/address_group.ts";
import { PerMinute } from "../rate_limit/per_minute.ts";

/**
 * Decides which rejected attempts are recorded, so that nobody can fill the disk with them, even from many
 * addresses (an IPv6 /64 counts as one). Attempts with and without a known token have separate limits:
 * what somebody tries with a stolen token must not be crowded out.
 */
export class Refusals {
  readonly #eachClient: PerMinute;
  readonly #total: PerMinute;
  #leftOut = 0;

  /**
   * @param now the time in milliseconds. @default the current time
   * @param eachClient attempts that are recorded for each name and address in a minute
   * @param total attempts that are recorded in a minute for all known tokens, and for all others
   */
  constructor({ now = () => Date.now(), eachClient = 10, total = 30 } = {}) {
    this.#eachClient = new PerMinute({ now, allowed: eachClient });
    this.#total = new PerMinute({ now, allowed: total });
  }

  /**
   * Counts an attempt.
   * @param isKnown whether a token identified the sender
   * @returns the number of attempts that were left out since the last recorded one, of any sender;
   * `undefined` when this attempt is not to be recorded
   */
  admit(
    { name, from, isKnown }: { name: string; from: string; isKnown: boolean },
  ): number | undefined {
    const client = JSON.stringify([name, addressGroup(from)]);
    // An attempt beyond the client's limit does not count against the total.
    if (this.#eachClient.count(client).isTooMany || this.#total.count(String(isKnown)).isTooMany) {
      this.#leftOut++;
      return undefined;
    }
    return this.takeLeftOut();
  }

  /** Counts attempts again that `admit` returned, but that could not be recorded. */
  giveBack(leftOut: number): void {
    this.#leftOut += leftOut;
  }

  /** Returns the number of attempts that were left out, and resets it. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}
