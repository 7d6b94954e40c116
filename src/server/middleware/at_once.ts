import { createMiddleware } from "hono/factory";
import { afterBody, type Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";

/**
 * Limits concurrent requests, including those whose clients have left. Requests above the limit are not
 * queued but rejected with Retry-After. A stream counts until its body has ended.
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
