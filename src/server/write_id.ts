import type { Context } from "hono";
import type { Actor } from "../credentials/actor.ts";
import type { Env } from "./endpoint.ts";

/**
 * An id for one write: the request's, by which the log finds it, and more, because a client may
 * send the same request id again and a write must recognise only its own secrets.
 */
function writeIdOf(c: Context<Env>): string {
  return `${c.get("requestId")}.${crypto.randomUUID().slice(0, 8)}`;
}

/** Who writes, and by which ids it is known, as every writing use-case wants it. */
export function writerOf(
  c: Context<Env>,
): { readonly writeId: string; readonly requestId: string; readonly actor: Actor } {
  return { writeId: writeIdOf(c), requestId: c.get("requestId"), actor: c.get("actor") };
}
