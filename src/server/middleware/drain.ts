import { createMiddleware } from "hono/factory";
import { afterBody, type Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { MAX_PATH } from "../log_request.ts";

/** A request that is not answered yet, or not to the end of a stream. */
export interface UnderWay {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** By `performance.now`. */
  readonly began: number;
}

/** Knows the requests under way, so that a shutdown can wait for them. */
export class Drain {
  #draining = false;
  readonly #underWay = new Map<Promise<void>, UnderWay>();

  get isDraining(): boolean {
    return this.#draining;
  }

  /** Refuses requests once draining. */
  refuse() {
    return createMiddleware<Env>((_c, next) => {
      this.#check();
      return next();
    });
  }

  /** Counts requests, whether or not their client is still there; refuses them once draining. */
  count() {
    return createMiddleware<Env>(async (c, next) => {
      this.#check(); // it may have begun while the body was read
      const answered = Promise.withResolvers<void>();
      this.#underWay.set(answered.promise, {
        id: c.get("requestId"),
        method: c.req.method,
        path: c.req.path.slice(0, MAX_PATH),
        began: performance.now(),
      });
      try {
        await next();
      } finally {
        afterBody(c, () => {
          this.#underWay.delete(answered.promise);
          answered.resolve();
        });
      }
    });
  }

  /** Refuses new requests and resolves when the last one under way is answered to its end. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.keys());
  }

  /** In the order in which they came. */
  underWay(): UnderWay[] {
    return [...this.#underWay.values()];
  }

  #check(): void {
    if (!this.#draining) return;
    throw new OperationError("shutting_down", {}, {
      retryAfter: 5,
      headers: { Connection: "close" },
    });
  }
}
