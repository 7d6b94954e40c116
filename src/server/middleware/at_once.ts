import { createMiddleware } from "hono/factory";
import { afterBody, type Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";

/**
 * Refuses requests beyond so many under way, whether or not their clients are still there: nobody
 * waits for a place, who finds none is told to come back. A stream is under way until its body has
 * ended.
 */
export function atOnce(count: number) {
  let taken = 0;
  return createMiddleware<Env>(async function atOnce(c, next) {
    if (taken >= count) {
      throw new OperationError("too_many_requests", { full: "count", count }, { retryAfter: 1 });
    }
    taken++;
    try {
      await next();
    } finally {
      afterBody(c, () => taken--);
    }
  });
}
