import { createMiddleware } from "hono/factory";
import { addressGroup } from "../../net/address_group.ts";
import { observe } from "../../observe/observe.ts";
import { type ErrorDetails, OperationError } from "../../operations/errors.ts";
import { PerMinute } from "../../rate_limit/per_minute.ts";
import { ANYONE } from "../../tokens/rights.ts";
import { TokenFileInvalid } from "../../tokens/token_file.ts";
import type { Tokens, VerifiedToken } from "../../tokens/tokens.ts";
import type { Env } from "../env.ts";

const SCHEME = 'Bearer realm="argocd-configurer"';

type Refusal = "token_missing" | "token_malformed" | "token_unknown" | "token_expired";

/**
 * Rejects requests without a valid token and sets the identity. Permissions of the token are checked
 * later: the role by the endpoint, clusters by the use-case.
 */
export function authenticate(tokens: Tokens) {
  // Not a protection against guessing, since a token has 256 random bits: it keeps a script with an old
  // token from filling the log. Requests with a valid token are never limited.
  const wrong = new PerMinute();

  function refuse<Code extends Refusal>(
    code: Code,
    details: ErrorDetails<Code>,
    from: string,
    reason: string,
  ): never {
    const { isTooMany, seconds } = wrong.count(addressGroup(from));
    if (isTooMany) {
      const what = "missing or wrong tokens from this address";
      throw new OperationError("rate_limited", { what }, { retryAfter: seconds });
    }
    observe("tokens.refused", { from, reason });
    const challenge = code === "token_missing" ? SCHEME : `${SCHEME}, error="invalid_token"`;
    throw new OperationError(code, details, { headers: { "WWW-Authenticate": challenge } });
  }

  function verified(token: string): VerifiedToken {
    try {
      return tokens.verify(token);
    } catch (error) {
      if (!(error instanceof TokenFileInvalid)) throw error;
      // No fallback to the previous tokens: a removed token must not stay valid because of a typo.
      observe("tokens.unusable", { reason: error.message });
      throw new OperationError("tokens_unavailable", {}, { retryAfter: 5 });
    }
  }

  return createMiddleware<Env>(async function authenticate(c, next) {
    if (c.req.method === "OPTIONS") return await next();
    const { from } = c.env;
    const header = c.req.header("authorization");
    if (header === undefined) return refuse("token_missing", {}, from, "missing");
    const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header)?.[1];
    if (token === undefined) return refuse("token_malformed", {}, from, "malformed");
    const who = verified(token);
    if (who.kind === "unknown") return refuse("token_unknown", {}, from, "unknown");
    if (who.kind === "expired") {
      return refuse("token_expired", { token: who.name }, from, `expired: ${who.name}`);
    }
    c.set("identity", who.identity);
    c.set("actor", { name: who.identity.name, from });
    await next();
  });
}

/** Sets the identity of a request without a token, until {@link authenticate} replaces it. */
export function anonymous() {
  return createMiddleware<Env>(async function anonymous(c, next) {
    c.set("identity", ANYONE);
    c.set("actor", { name: ANYONE.name, from: c.env.from });
    await next();
  });
}
