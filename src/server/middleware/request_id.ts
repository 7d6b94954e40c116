import { createMiddleware } from "hono/factory";
import { inRequest } from "../../log/in_request.ts";
import type { Env } from "../env.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "../headers.ts";

/** Sets the id of each request, which is in its response and in all its log lines. */
export function requestId() {
  return createMiddleware<Env>(async function requestId(c, next) {
    const id = requestIdOf(c.req.header(REQUEST_ID_HEADER));
    c.set("requestId", id);
    c.header(REQUEST_ID_HEADER, id);
    await inRequest(id, next);
  });
}
