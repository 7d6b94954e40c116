import { createMiddleware } from "hono/factory";
import { addressGroup } from "../../net/address_group.ts";
import { observe } from "../../observe/observe.ts";
import { type ErrorDetails, OperationError } from "../../operations/errors.ts";
import { PerMinute } from "../../rate_limit/per_minute.ts";
import { ANYONE } from "../../tokens/rights.ts";
import { TokenFileInvalid } from "../../tokens/token_file.ts";
import type { Tokens, Verified } from "../../tokens/tokens.ts";
import type { Env } from "../env.ts";

const SCHEME = 'Bearer realm="argocd-configurer"';

type Refusal = "token_missing" | "token_malformed" | "token_unknown" | "token_expired";

/**
 * Says who asks, and lets in only who has a token. What a token allows is looked
 * at where it is used: the endpoint knows its role, the use-cases their cluster.
 */
export function authenticate(tokens: Tokens) {
  // A token has 256 random bits, so this is not what keeps a guess from being right: it keeps a script
  // with an old token from filling the log. Who has a right one is never refused.
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

  function verified(token: string): Verified {
    try {
      return tokens.verify(token);
    } catch (error) {
      if (!(error instanceof TokenFileInvalid)) throw error;
      // Whose token was removed must not go on because of a mistake in the same file.
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

/** Before a token has told who asks. */
export function anonymous() {
  return createMiddleware<Env>(async function anonymous(c, next) {
    c.set("identity", ANYONE);
    c.set("actor", { name: ANYONE.name, from: c.env.from });
    await next();
  });
}
