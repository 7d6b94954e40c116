import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";

/** Says who asks. */
export function identify() {
  return createMiddleware<Env>(async function identify(c, next) {
    c.set("actor", { name: "anonymous", from: c.env.from });
    await next();
  });
}
