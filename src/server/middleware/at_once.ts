import { createMiddleware } from "hono/factory";
import { afterBody } from "../body_end.ts";
import type { Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";

/** So many places, and nobody waits for one: who finds none is told to come back. */
export class Places {
  #taken = 0;

  constructor(readonly count: number) {}

  /**
   * @returns leaves the place, to be called once
   * @throws {OperationError} 503 when all are taken
   */
  take(): () => void {
    if (this.#taken >= this.count) {
      throw new OperationError("too_many_requests", { full: "count", count: this.count }, {
        retryAfter: 1,
      });
    }
    this.#taken++;
    return () => this.#taken--;
  }

  /** @throws {OperationError} 503 when all are taken */
  async during<Result>(act: () => Promise<Result>): Promise<Result> {
    const leave = this.take();
    try {
      return await act();
    } finally {
      leave();
    }
  }
}

/**
 * Refuses requests beyond so many under way, whether or not their clients are still there. A stream
 * is under way until its body has ended.
 */
export function atOnce(count: number) {
  const places = new Places(count);
  return createMiddleware<Env>(async function atOnce(c, next) {
    const leave = places.take();
    try {
      await next();
    } finally {
      afterBody(c, leave);
    }
  });
}
