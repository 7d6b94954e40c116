import type { Context } from "hono";
import type { Actor } from "../credentials/writer.ts";
import type { About, Gates } from "../operations/call.ts";
import type { Services } from "../operations/operation.ts";
import type { Identity } from "../tokens/rights.ts";
import type { Tokens } from "../tokens/tokens.ts";
import type { TrustedProxies } from "./client_address.ts";
import type { BodyEnd } from "./ndjson.ts";

export interface ServerDeps {
  /** Host names that the server accepts, in addition to this machine's. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may use the API, in addition to this machine's. */
  readonly corsOrigins: readonly string[];

  readonly services: Services;
  readonly gates: Omit<Gates, "hasTokens">;
  /** Maximum number of concurrent requests, and as many bodies being read. @default 256 */
  readonly maxRequests?: number;
  /** Seconds that a client may take to send a body. @default 10 */
  readonly bodySeconds?: number;
  /** Proxies that are trusted to report the client's address. @default none */
  readonly behindProxy?: TrustedProxies;
  /** Absent if the server has no tokens. */
  readonly tokens?: Tokens;
}

/** Variables of a request, for Hono. */
export interface Env {
  Bindings: { from: string };
  Variables: {
    requestId: string;
    actor: Actor;
    identity: Identity;
    /** The request body; absent if there is none. */
    body?: Uint8Array;
    /** The clusters of the request, once known. */
    about?: About;
    /** Resolves at the end of a stream. No middleware awaits it; see {@link afterBody}. */
    bodyEnd?: Promise<BodyEnd>;
  };
}

/**
 * Calls `act` when the response is finished: immediately, or at the end of a stream. For middleware, after
 * `await next()`: awaiting the end itself would hold back the response.
 */
export function afterBody(c: Context<Env>, act: (end: BodyEnd) => void): void {
  const end = c.get("bodyEnd");
  if (end === undefined) act({});
  else end.then(act);
}
