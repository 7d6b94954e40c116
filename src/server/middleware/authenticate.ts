import { createMiddleware } from "hono/factory";
import { loggerOf } from "../../log/logger.ts";
import { OperationError } from "../../operations/errors.ts";
import { ANYONE } from "../../tokens/rights.ts";
import { TokenFileInvalid } from "../../tokens/token_file.ts";
import type { Tokens, Verified } from "../../tokens/tokens.ts";
import type { Env } from "../env.ts";
import { WrongTokens } from "../wrong_tokens.ts";

const SCHEME = 'Bearer realm="argocd-configurer"';

/**
 * Says who asks, and lets in only who has a token. What a token allows is looked
 * at where it is used: the endpoint knows its role, the use-cases their cluster.
 */
export function authenticate(tokens: Tokens) {
  const log = loggerOf("tokens");
  const wrong = new WrongTokens();

  function refuse(
    from: string,
    reason: string,
    tell: (headers: { readonly headers: Readonly<Record<string, string>> }) => OperationError,
    challenge = `${SCHEME}, error="invalid_token"`,
  ): never {
    const wait = wrong.count(from);
    if (wait === undefined) {
      log.warn("token refused", { from, reason });
      throw tell({ headers: { "WWW-Authenticate": challenge } });
    }
    const what = "missing or wrong tokens from this address";
    throw new OperationError("rate_limited", { what }, { retryAfter: wait });
  }

  function verified(token: string): Verified {
    try {
      return tokens.verify(token);
    } catch (error) {
      if (!(error instanceof TokenFileInvalid)) throw error;
      // Whose token was removed must not go on because of a mistake in the same file.
      log.error("no token is accepted", { reason: error.message });
      throw new OperationError("tokens_unavailable", {}, { retryAfter: 5 });
    }
  }

  return createMiddleware<Env>(async function authenticate(c, next) {
    if (c.req.method === "OPTIONS") return await next();
    const { from } = c.env;
    const header = c.req.header("authorization");
    if (header === undefined) {
      refuse(from, "missing", (more) => new OperationError("token_missing", {}, more), SCHEME);
    }
    const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header)?.[1];
    if (token === undefined) {
      refuse(from, "malformed", (more) => new OperationError("token_malformed", {}, more));
    }
    const who = verified(token);
    if (who.kind === "unknown") {
      refuse(from, "unknown", (more) => new OperationError("token_unknown", {}, more));
    }
    if (who.kind === "expired") {
      const { name: token } = who;
      const expired = (more: object) => new OperationError("token_expired", { token }, more);
      refuse(from, `expired: ${token}`, expired);
    }
    c.set("identity", who.identity);
    c.set("actor", { name: who.identity.name, from });
    await next();
  });
}

/**
 * Before a token has told who asks.
 * @param name who that is all the same
 */
export function anonymous(name = ANYONE.name) {
  return createMiddleware<Env>(async function anonymous(c, next) {
    c.set("identity", ANYONE);
    c.set("actor", { name, from: c.env.from });
    await next();
  });
}
