import { createMiddleware } from "hono/factory";
import type { Logger } from "../../log/logger.ts";
import type { Env } from "../endpoint.ts";

/** Longest path that is logged, in characters. */
const MAX_PATH = 200;

/** One line a request, when it is answered; the query is left out. */
export function accessLog(log: Logger) {
  return createMiddleware<Env>(async function accessLog(c, next) {
    const began = performance.now();
    await next();
    log.info("request", {
      id: c.get("requestId"),
      method: c.req.method,
      path: c.req.path.slice(0, MAX_PATH),
      status: c.res.status,
      ms: Math.round(performance.now() - began),
    });
  });
}
