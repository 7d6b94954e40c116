import { createMiddleware } from "hono/factory";
import { joined } from "../../text/bytes.ts";
import type { Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { Limits } from "../../operations/limits.ts";
import { bodyLimits } from "../../operations/server_limits.ts";

export interface BodyLimits {
  /** Maximum size of a body, in bytes. */
  readonly maxSize: number;
  /** Time from the request's head to the last byte of its body, in seconds. */
  readonly seconds: number;
  /** Maximum number of bodies read concurrently; a quarter of it per token. */
  readonly atOnce: number;
  /** Whether the server has tokens. @default false */
  readonly hasTokens?: boolean;
}

/**
 * Reads request bodies completely, so that later steps never wait for a client. Rejects bodies that are
 * too large (413), also without a Content-Length, too slow (408) or incomplete (400), and discards them.
 */
export function bodyLimit(limits: BodyLimits) {
  const slots = new Limits(bodyLimits(limits.atOnce));
  return createMiddleware<Env>(async function bodyLimit(c, next) {
    const { raw } = c.req;
    if (raw.body !== null) {
      const { body } = raw;
      // A chunked body has no length, or a meaningless one.
      const length = raw.headers.has("transfer-encoding")
        ? null
        : raw.headers.get("content-length");
      const token = limits.hasTokens ? c.get("identity").name : undefined;
      const reading = () => read(body, Number(length), limits);
      c.set("body", await slots.during({ token, effect: "try" }, reading));
    }
    await next();
  });
}

/**
 * @param length from Content-Length, in bytes; 0 if unknown
 * @throws {OperationError}
 */
async function read(
  body: ReadableStream<Uint8Array>,
  length: number,
  { maxSize, seconds }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new OperationError("body_too_large", { max: maxSize });
  if (length > maxSize) throw tooLarge();
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {}); // ends the pending read
  }, seconds * 1000);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (isLate) {
        const headers = { Connection: "close" };
        throw new OperationError("body_timeout", { seconds }, { headers });
      }
      if (done) return joined(pieces);
      size += value.length;
      if (size > maxSize) {
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      pieces.push(value);
    }
  } catch (error) {
    // A client that disconnects is not a bug.
    throw error instanceof OperationError
      ? error
      : new OperationError("invalid_body", { why: "ended before it was complete" });
  } finally {
    clearTimeout(timer);
  }
}
