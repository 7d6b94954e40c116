import type { IssuerMemory } from "../../verify/issuers.ts";
import { Kept } from "./kept.ts";
import { keyed } from "./keyed.ts";

/** Milliseconds for which an answer is remembered, a missing answer too. */
const REMEMBERED = 24 * 60 * 60 * 1000;

/**
 * Remembers for a day, in this process only, when tokens expire according to their issuers. It holds no token.
 * Each issuer is queried once per token, whatever it answers: a host that only looks like the issuer refuses every
 * query, and failed logins lock accounts.
 */
export class IssuerAnswers implements IssuerMemory {
  readonly #keyOf = keyed();
  readonly #answers: Kept<Promise<string | undefined>>;

  /**
   * @param now milliseconds since 1970 @default the real time
   * @param most how many answers are remembered; the oldest are dropped first
   */
  constructor({ now = () => Date.now(), most = 20_000 } = {}) {
    this.#answers = new Kept({ most, milliseconds: REMEMBERED, now });
  }

  once(
    { api, token }: Parameters<IssuerMemory["once"]>[0],
    query: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const key = this.#keyOf(api, token);
    const before = this.#answers.get(key);
    if (before !== undefined) return before;
    const answer = query();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key)); // a bug of ours is not an answer
    return answer;
  }
}
