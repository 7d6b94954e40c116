import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";
import { Places } from "./at_once.ts";

export interface BodyLimits {
  /** In bytes. */
  readonly maxSize: number;
  /** From the head of the request to the last byte of its body. */
  readonly seconds: number;
  /** Bodies that are being read at once. */
  readonly atOnce: number;
}

/**
 * Reads bodies whole, so that what comes after it does not wait for a client. It refuses larger
 * ones, also those that do not say their length (413), those that take too long (408) and those
 * that end too early (400). Nothing is kept of them; whatever else their client sends is dropped.
 */
export function bodyLimit(limits: BodyLimits) {
  const places = new Places(limits.atOnce);
  return createMiddleware<Env>(async function bodyLimit(c, next) {
    const { raw } = c.req;
    if (raw.body !== null) {
      const { body } = raw;
      // One that is in pieces has no length, or one that means nothing.
      const length = raw.headers.has("transfer-encoding")
        ? null
        : raw.headers.get("content-length");
      const bytes = await places.during(() => read(body, Number(length), limits));
      // Where Hono itself keeps a body for whoever asks again: as a promise, whatever its types say.
      Object.assign(c.req.bodyCache, { arrayBuffer: Promise.resolve(bytes.buffer) });
    }
    await next();
  });
}

/**
 * @param length that it says to have; 0 when it does not say
 * @throws {HttpError}
 */
async function read(
  body: ReadableStream<Uint8Array>,
  length: number,
  { maxSize, seconds }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new HttpError(413, `Request body is larger than ${maxSize} bytes`);
  if (length > maxSize) throw tooLarge();
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {}); // ends the read that waits
  }, seconds * 1000);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (isLate) {
        const message = `Request body was not complete within ${seconds} seconds`;
        throw new HttpError(408, message, { Connection: "close" });
      }
      if (done) return joined(pieces, size);
      size += value.length;
      if (size > maxSize) {
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      pieces.push(value);
    }
  } catch (error) {
    // A client that hangs up is no bug of ours.
    throw error instanceof HttpError
      ? error
      : new HttpError(400, "Request body ended before it was complete");
  } finally {
    clearTimeout(timer);
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
