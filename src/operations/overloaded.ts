import { OperationError } from "./errors.ts";

interface What {
  /** What has no room for the request; nothing has when the server is about to stop. */
  readonly full: "server" | "cluster" | "token" | "stopping";
  /** Seconds. */
  readonly retryAfter: number;
  readonly cluster?: string;
  readonly token?: string;
}

/** There is too much to do, so it was not begun. It says what is full and when to come back. */
export class Overloaded extends OperationError<"too_many_requests"> {
  readonly full: What["full"];
  /** Seconds after which there may be a place. */
  readonly retryAfter: number;

  constructor({ full, retryAfter, cluster, token }: What) {
    const name = cluster ?? token;
    super("too_many_requests", { full, name, seconds: retryAfter }, { retryAfter, cluster });
    this.full = full;
    this.retryAfter = retryAfter;
  }
}

/** Seconds after which another server may have taken the place of this one. */
const AFTER_STOP = 5;

/** Of a server that is about to stop. */
export function stopping(): Overloaded {
  return new Overloaded({ full: "stopping", retryAfter: AFTER_STOP });
}

/** Seconds: what is further away is not foreseen. */
const MOST = 30;

/**
 * Seconds after which about half of those that may wait will have had their turn.
 * @param wait that it would be, in milliseconds
 * @param longest that it may be
 */
export function retryAfter(wait: number, longest: number): number {
  return Math.min(MOST, Math.max(1, Math.ceil((wait - longest / 2) / 1000)));
}
