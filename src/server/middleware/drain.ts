import { createMiddleware } from "hono/factory";
import { afterBody, type Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { MAX_PATH } from "../log_request.ts";

/** An active request: its response, or its stream, is not finished. */
export interface ActiveRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Start by `performance.now()`. */
  readonly began: number;
}

/** Tracks active requests, so that a shutdown can wait for them. */
export class Drain {
  #draining = false;
  readonly #active = new Map<Promise<void>, ActiveRequest>();

  get isDraining(): boolean {
    return this.#draining;
  }

  /** Middleware that rejects requests during shutdown. */
  refuse() {
    return createMiddleware<Env>((_c, next) => {
      this.#check();
      return next();
    });
  }

  /** Middleware that tracks requests, also when the client has left; rejects them during shutdown. */
  count() {
    return createMiddleware<Env>(async (c, next) => {
      this.#check(); // the shutdown may have started while the body was read
      const answered = Promise.withResolvers<void>();
      this.#active.set(answered.promise, {
        id: c.get("requestId"),
        method: c.req.method,
        path: c.req.path.slice(0, MAX_PATH),
        began: performance.now(),
      });
      try {
        await next();
      } finally {
        afterBody(c, () => {
          this.#active.delete(answered.promise);
          answered.resolve();
        });
      }
    });
  }

  /** Rejects new requests; resolves when all active requests have finished. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#active.size > 0) await Promise.all(this.#active.keys());
  }

  /** Active requests in order of arrival. */
  activeRequests(): ActiveRequest[] {
    return [...this.#active.values()];
  }

  #check(): void {
    if (!this.#draining) return;
    throw new OperationError("shutting_down", {}, {
      retryAfter: 5,
      headers: { Connection: "close" },
    });
  }
}
