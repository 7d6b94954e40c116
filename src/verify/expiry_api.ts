import type { Sealed } from "../log/sealed.ts";
import { bearer } from "./authorization.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session } from "./session.ts";

/** Where GitHub tells when a token expires, by the host that the token is used at. */
export type ExpiryApis = Readonly<Record<string, string>>;

/**
 * `rate_limit` costs nothing of the limit that it tells, and needs no right.
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
export const GITHUB_EXPIRY: ExpiryApis = {
  "github.com": "https://api.github.com/rate_limit",
  "ghcr.io": "https://api.github.com/rate_limit",
};

/** Tokens of which GitHub tells it: personal ones, classic and fine-grained. */
const PERSONAL_TOKEN = /^(ghp_|github_pat_)/;

/** Whether there is somebody to ask about a credential's expiry. */
export function expiryApi(
  apis: ExpiryApis,
  host: string,
  password: Sealed<string> | undefined,
): URL | undefined {
  const api = Object.hasOwn(apis, host) ? apis[host] : undefined;
  return api && password && PERSONAL_TOKEN.test(password.reveal()) ? new URL(api) : undefined;
}

/** Asks; without an answer nobody knows, and that is all. */
export async function askExpiry(
  session: Session,
  api: URL,
  password: Sealed<string>,
): Promise<string | undefined> {
  try {
    await session.ask({ url: api, authorization: bearer(password.reveal()) });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
  return session.expires;
}
