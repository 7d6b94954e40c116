import { createMiddleware } from "hono/factory";
import { delay } from "../../async/timed.ts";
import type { Env } from "../env.ts";

/**
 * Says when a refusal is told, so that who comes again at once has no use of it: at once, or a moment
 * later when many are refused.
 * @param atOnce refusals of one second that are told at once
 * @param later how many of the others are told a second, as far as they can wait
 * @param latest milliseconds after which each is told at the latest
 * @param most so many wait at the same time; one more is told at once
 */
export function refusalPace({ atOnce = 50, later = 50, latest = 2000, most = 1000 } = {}) {
  let second = -Infinity;
  let count = 0;
  let delayed = 0;
  return async function turn(): Promise<void> {
    const now = performance.now();
    if (now - second >= 1000) {
      second = now;
      count = 0;
    }
    if (++count <= atOnce || delayed >= most) return;
    delayed++;
    await delay(Math.min(1000 * delayed / later, latest));
    delayed--;
  };
}

/**
 * Slows down who is told to come later and comes at once: a refusal is cheap, but some hundred
 * clients without a pause ask for thousands a second, and then those that are served wait for the
 * processor. Whoever waits here holds no place of others.
 */
export function paceRefusals(isStopping: () => boolean, turn = refusalPace()) {
  return createMiddleware<Env>(async function paceRefusals(c, next) {
    await next();
    const isRefused = c.res.status === 503 && c.res.headers.has("retry-after");
    // Before a stop there is no time for it.
    if (isRefused && !isStopping()) await turn();
  });
}
