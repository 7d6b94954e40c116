import type { Context } from "hono";
import type { Env } from "./env.ts";
import type { BodyEnd } from "./ndjson.ts";

/**
 * Does something when a request is answered to its end: now, but for a stream when that has ended.
 * For middleware, after `await next()`; to await the end itself would keep the answer back.
 */
export function afterBody(c: Context<Env>, act: (end: BodyEnd) => void): void {
  const end = c.get("bodyEnd");
  if (end === undefined) act({});
  else end.then(act);
}
