import { OperationError } from "./errors.ts";

interface Reason {
  /** Whose limit is reached; `stopping` when the server is about to stop. */
  readonly full: "server" | "cluster" | "token" | "stopping";
  /** In seconds. */
  readonly retryAfter: number;
  readonly cluster?: string;
  readonly token?: string;
}

/** The request was rejected before it was started: which limit is reached, and when to retry. */
export class Overloaded extends OperationError<"too_many_requests"> {
  readonly full: Reason["full"];
  /** Seconds until a slot may be free. */
  readonly retryAfter: number;

  constructor({ full, retryAfter, cluster, token }: Reason) {
    const name = cluster ?? token;
    super("too_many_requests", { full, name, seconds: retryAfter }, { retryAfter, cluster });
    this.full = full;
    this.retryAfter = retryAfter;
  }
}

/** Seconds until a new server may have replaced this one. */
const AFTER_STOP = 5;

/** The error of a server that is about to stop. */
export function stopping(): Overloaded {
  return new Overloaded({ full: "stopping", retryAfter: AFTER_STOP });
}

/** Longest time of a retry in seconds; longer waits cannot be predicted. */
const MOST = 30;

/**
 * Seconds until about half of the waiting requests have had their turn.
 * @param wait the expected wait in milliseconds
 * @param longest the longest allowed wait in milliseconds
 */
export function retryAfter(wait: number, longest: number): number {
  return Math.min(MOST, Math.max(1, Math.ceil((wait - longest / 2) / 1000)));
}
