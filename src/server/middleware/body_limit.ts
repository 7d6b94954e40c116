import { createMiddleware } from "hono/factory";
import { joined } from "../../text/bytes.ts";
import type { Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { Limits } from "../../operations/limits.ts";
import { bodyLimits } from "../../operations/server_limits.ts";

export interface BodyLimits {
  /** In bytes. */
  readonly maxSize: number;
  /** From the head of the request to the last byte of its body. */
  readonly seconds: number;
  /** Bodies that are being read at once; a quarter of them for one token. */
  readonly atOnce: number;
  /** Whether tokens say who sends them. @default false */
  readonly hasTokens?: boolean;
}

/**
 * Reads bodies whole, so that what comes after it does not wait for a client. It refuses larger
 * ones, also those that do not say their length (413), those that take too long (408) and those
 * that end too early (400). Nothing is kept of them; whatever else their client sends is dropped.
 */
export function bodyLimit(limits: BodyLimits) {
  const places = new Limits(bodyLimits(limits.atOnce));
  return createMiddleware<Env>(async function bodyLimit(c, next) {
    const { raw } = c.req;
    if (raw.body !== null) {
      const { body } = raw;
      // One that is in pieces has no length, or one that means nothing.
      const length = raw.headers.has("transfer-encoding")
        ? null
        : raw.headers.get("content-length");
      const token = limits.hasTokens ? c.get("identity").name : undefined;
      const reading = () => read(body, Number(length), limits);
      c.set("body", await places.during({ token, effect: "try" }, reading));
    }
    await next();
  });
}

/**
 * @param length that it says to have; 0 when it does not say
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
    reader.cancel().catch(() => {}); // ends the read that waits
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
    // A client that hangs up is no bug of ours.
    throw error instanceof OperationError
      ? error
      : new OperationError("invalid_body", { why: "ended before it was complete" });
  } finally {
    clearTimeout(timer);
  }
}
