import { bodyLimit as honoBodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

/**
 * Refuses larger bodies, also those that do not say their length, and reads the others whole: what
 * comes after it does not wait for a client.
 */
export function bodyLimit(maxSize: number) {
  const limit = honoBodyLimit({
    maxSize,
    onError: () => {
      throw new HttpError(413, `Request body is larger than ${maxSize} bytes`);
    },
  });
  return createMiddleware<Env>(async function bodyLimit(c, next) {
    await limit(c, async () => {
      await c.req.arrayBuffer(); // Hono keeps it for whoever asks again
    }).catch((error) => {
      // A client that hangs up is no bug of ours.
      throw error instanceof HttpError
        ? error
        : new HttpError(400, "Request body ended before it was complete");
    });
    await next();
  });
}
