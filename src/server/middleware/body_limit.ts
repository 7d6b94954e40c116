import { bodyLimit as honoBodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

/** A client that hangs up is no bug of ours. */
export function endedEarly(): HttpError {
  return new HttpError(400, "Request body ended before it was complete");
}

/** Refuses larger bodies, also those that do not say their length; it reads these whole. */
export function bodyLimit(maxSize: number) {
  const limit = honoBodyLimit({
    maxSize,
    onError: () => {
      throw new HttpError(413, `Request body is larger than ${maxSize} bytes`);
    },
  });
  return createMiddleware<Env>(async function bodyLimit(c, next) {
    let isRead = false;
    try {
      return await limit(c, () => {
        isRead = true;
        return next();
      });
    } catch (error) {
      if (isRead || error instanceof HttpError) throw error;
      throw endedEarly();
    }
  });
}
