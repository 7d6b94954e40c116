import type { Context } from "hono";
import type { Env } from "./endpoint.ts";

/**
 * An id for one write: the request's, by which the log finds it, and more, because a client may
 * send the same request id again and a write must recognise only its own secrets.
 */
export function writeIdOf(c: Context<Env>): string {
  return `${c.get("requestId")}.${crypto.randomUUID().slice(0, 8)}`;
}
