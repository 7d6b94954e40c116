import type { Context } from "hono";
import type { Actor } from "../credentials/actor.ts";
import type { About, Gates } from "../operations/call.ts";
import type { Services } from "../operations/operation.ts";
import type { Identity } from "../tokens/rights.ts";
import type { Tokens } from "../tokens/tokens.ts";
import type { TrustedProxies } from "./client_address.ts";
import type { BodyEnd } from "./ndjson.ts";

export interface ServerDeps {
  /** Host names that are answered, besides this machine's. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may use the API, besides this machine's. */
  readonly corsOrigins: readonly string[];

  readonly services: Services;
  readonly gates: Omit<Gates, "hasTokens">;
  /** Requests under way at once, and bodies that are being read besides. @default 256 */
  readonly maxRequests?: number;
  /** Seconds that a client may take to send a body. @default 10 */
  readonly bodySeconds?: number;
  /** The proxies in front that say who the client is. @default none */
  readonly behindProxy?: TrustedProxies;
  /** Absent when anyone may act. */
  readonly tokens?: Tokens;
}

/** What a request carries on its way. */
export interface Env {
  Bindings: { from: string };
  Variables: {
    requestId: string;
    actor: Actor;
    identity: Identity;
    /** What was read of it; absent where there is none. */
    body?: Uint8Array;
    /** The clusters that it is about, once that is known. */
    about?: About;
    /** Where the answer is a stream: its end. Awaited by no middleware; see {@link afterBody}. */
    bodyEnd?: Promise<BodyEnd>;
  };
}

/**
 * Does something when a request is answered to its end: now, but for a stream when that has ended.
 * For middleware, after `await next()`; to await the end itself would keep the answer back.
 */
export function afterBody(c: Context<Env>, act: (end: BodyEnd) => void): void {
  const end = c.get("bodyEnd");
  if (end === undefined) act({});
  else end.then(act);
}
