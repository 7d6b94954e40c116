import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

/** Knows the requests under way, so that a shutdown can wait for them. */
export class Drain {
  #draining = false;
  readonly #underWay = new Set<Promise<void>>();

  /** Refuses requests once draining. */
  refuse() {
    return createMiddleware<Env>((_c, next) => {
      this.#check();
      return next();
    });
  }

  /** Counts requests, whether or not their client is still there; refuses them once draining. */
  count() {
    return createMiddleware<Env>(async (_c, next) => {
      this.#check(); // it may have begun while the body was read
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

  #check(): void {
    if (!this.#draining) return;
    throw new HttpError(503, "The server is shutting down", {
      "Retry-After": "5",
      Connection: "close",
    });
  }
}
