import { addressGroup } from "../net/address_group.ts";
import { PerMinute } from "../rate_limit/per_minute.ts";

/**
 * Counts wrong tokens by address, of which an IPv6 /64 is one. A token has 256 random bits, so this
 * is not what keeps a guess from being right: it keeps a script with an old token from filling the
 * log. Who has a right one is never refused.
 */
export class WrongTokens {
  readonly #perMinute: PerMinute;

  /** @param now the real time by default, in milliseconds */
  constructor(now?: () => number) {
    this.#perMinute = new PerMinute({ now });
  }

  /** Counts one, and gives the seconds to wait when it was one too many. */
  count(address: string): number | undefined {
    const { isTooMany, seconds } = this.#perMinute.count(addressGroup(address));
    return isTooMany ? seconds : undefined;
  }
}
