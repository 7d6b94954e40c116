import { createMiddleware } from "hono/factory";
import { delay } from "../../async/timed.ts";
import type { Env } from "../env.ts";

/**
 * Delays rejections when there are many, so that immediate retries gain nothing.
 * @param atOnce rejections per second that are sent immediately
 * @param later delayed rejections that are sent per second
 * @param latest maximum delay in milliseconds
 * @param most maximum number of delayed rejections; further ones are sent immediately
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
 * Slows down clients that ignore Retry-After. A rejection is cheap, but some hundred clients that retry
 * immediately send thousands of requests per second and take CPU time from other requests. A delayed
 * rejection takes no slot.
 */
export function paceRefusals(isStopping: () => boolean, turn = refusalPace()) {
  return createMiddleware<Env>(async function paceRefusals(c, next) {
    await next();
    const isRefused = c.res.status === 503 && c.res.headers.has("retry-after");
    // A shutdown must not be delayed.
    if (isRefused && !isStopping()) await turn();
  });
}
