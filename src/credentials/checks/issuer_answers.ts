import type { IssuerMemory } from "../../verify/issuers.ts";
import { Kept } from "./kept.ts";
import { keyed } from "./keyed.ts";

/** Milliseconds for which an answer is remembered, and that there was none. */
const REMEMBERED = 24 * 60 * 60 * 1000;

/**
 * When tokens end, as their issuers said within the last day, in this process only; no token is in it. Each
 * issuer is asked once for a token, whatever it answers: a host that is taken for one by the look of the token
 * alone refuses each question, and accounts get locked by that.
 */
export class IssuerAnswers implements IssuerMemory {
  readonly #keyOf = keyed();
  readonly #answers: Kept<Promise<string | undefined>>;

  /**
   * @param now milliseconds since 1970 @default the real time
   * @param most how many are remembered; the oldest go first
   */
  constructor({ now = () => Date.now(), most = 20_000 } = {}) {
    this.#answers = new Kept({ most, milliseconds: REMEMBERED, now });
  }

  once(
    { api, token }: Parameters<IssuerMemory["once"]>[0],
    ask: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const key = this.#keyOf(api, token);
    const before = this.#answers.get(key);
    if (before !== undefined) return before;
    const answer = ask();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key)); // a fault of ours is no answer
    return answer;
  }
}
