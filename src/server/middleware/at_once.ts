import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

/** So many places, and nobody waits for one: who finds none is told to come back. */
export class Places {
  #taken = 0;

  constructor(readonly count: number) {}

  /** @throws {HttpError} 503 when all are taken */
  async during<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#taken >= this.count) {
      throw new HttpError(503, `More than ${this.count} requests at once`, { "Retry-After": "1" });
    }
    this.#taken++;
    try {
      return await act();
    } finally {
      this.#taken--;
    }
  }
}

/** Refuses requests beyond so many under way, whether or not their clients are still there. */
export function atOnce(count: number) {
  const places = new Places(count);
  return createMiddleware<Env>(async function atOnce(_c, next) {
    await places.during(next);
  });
}
