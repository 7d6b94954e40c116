import { createMiddleware } from "hono/factory";
import { ANYONE } from "../../tokens/rights.ts";
import { afterBody, type Env } from "../env.ts";
import { logRequest } from "../log_request.ts";

/** Logs each request in one line when its response is finished. */
export function accessLog() {
  return createMiddleware<Env>(async function accessLog(c, next) {
    const began = performance.now();
    await next();
    const { status } = c.res;
    afterBody(c, ({ cut }) => {
      const { method, path } = c.req;
      const { name, from } = c.get("actor");
      logRequest(began, {
        id: c.get("requestId"),
        method,
        path,
        status,
        who: name === ANYONE.name ? undefined : name,
        from,
        ...c.get("about"),
        cut,
      });
    });
  });
}
