import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

/** Knows the requests under way, so that a shutdown can wait for them. */
export class Drain {
  #draining = false;
  readonly #underWay = new Set<Promise<void>>();

  /** Counts requests, whether or not their client is still there; refuses them when draining. */
  middleware() {
    return createMiddleware<Env>(async (_c, next) => {
      if (this.#draining) {
        throw new HttpError(503, "The server is shutting down", {
          "Retry-After": "5",
          Connection: "close",
        });
      }
      const answered = Promise.withResolvers<void>();
      this.#underWay.add(answered.promise);
      try {
        await next();
      } finally {
        this.#underWay.delete(answered.promise);
        answered.resolve();
      }
    });
  }

  /** Refuses new requests and resolves when the last one under way is answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
