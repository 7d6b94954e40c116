import { createMiddleware } from "hono/factory";
import type { Env } from "../env.ts";

export interface Pace {
  /** RefusalPace of one second that are told at once. @default 50 */
  readonly atOnce?: number;
  /** How many of the others are told a second, as far as they can wait. @default 50 */
  readonly later?: number;
  /** Milliseconds after which each is told at the latest. @default 2000 */
  readonly latest?: number;
  /** So many wait at the same time; one more is told at once. @default 1000 */
  readonly most?: number;
}

/** Says when a refusal is told, so that who comes again at once has no use of it. */
export class RefusalPace {
  readonly #pace: Required<Pace>;
  #second = -Infinity;
  #count = 0;
  #delayed = 0;

  constructor({ atOnce = 50, later = 50, latest = 2000, most = 1000 }: Pace = {}) {
    this.#pace = { atOnce, later, latest, most };
  }

  /** Resolves at once, or a moment later when many are refused. */
  async turn(): Promise<void> {
    const now = performance.now();
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#count = 0;
    }
    const { atOnce, later, latest, most } = this.#pace;
    if (++this.#count <= atOnce || this.#delayed >= most) return;
    this.#delayed++;
    const delay = Math.min(1000 * this.#delayed / later, latest);
    await new Promise((resolve) => setTimeout(resolve, delay));
    this.#delayed--;
  }
}

/**
 * Slows down who is told to come later and comes at once: a refusal is cheap, but some hundred
 * clients without a pause ask for thousands a second, and then those that are served wait for the
 * processor. Whoever waits here holds no place of others.
 */
export function paceRefusals(isStopping: () => boolean, refusals = new RefusalPace()) {
  return createMiddleware<Env>(async function paceRefusals(c, next) {
    await next();
    const isRefused = c.res.status === 503 && c.res.headers.has("retry-after");
    // Before a stop there is no time for it.
    if (isRefused && !isStopping()) await refusals.turn();
  });
}
