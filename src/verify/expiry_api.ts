import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";
import { bearer } from "./authorization.ts";
import { dockerHubExpiry } from "./docker_hub.ts";
import { isoTime } from "./expiry.ts";
import type { IssuerRequest } from "./issuers.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session } from "./session.ts";

/** The largest response that is read, in bytes. */
const MAX_ANSWER = 64 * 1024;

/**
 * When a token expires according to its issuer, in ISO time; `undefined` where the issuer does not answer.
 * @param username of the login with the token
 */
export async function queryExpiry(
  session: Session,
  { kind, api, token }: IssuerRequest,
  username: string,
): Promise<string | undefined> {
  try {
    switch (kind) {
      case "github":
        return await gitHubExpiry(session, api, token);
      case "gitlab":
        return await gitLabExpiry(session, api, token);
      case "docker_hub":
        return await dockerHubExpiry(session, api, { username, token });
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return undefined;
  }
}

/**
 * `rate_limit` does not count against the limit, and needs no permission. An Enterprise Server without rate limits
 * answers 404; its headers count anyway.
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
async function gitHubExpiry(
  session: Session,
  api: string,
  token: Sealed<string>,
): Promise<string | undefined> {
  const url = new URL("rate_limit", api);
  await session.request({ url, authorization: bearer(token.reveal()) });
  return session.expires;
}

/**
 * A personal, project or group access token can read its own details. A token that may only read repositories gets 403,
 * and its expiry stays unknown; a token that never expires has no `expires_at`.
 * @see https://docs.gitlab.com/api/personal_access_tokens/#get-details-on-a-personal-access-token
 */
async function gitLabExpiry(
  session: Session,
  api: string,
  token: Sealed<string>,
): Promise<string | undefined> {
  const { status, body } = await session.request({
    url: new URL("personal_access_tokens/self", api),
    accept: "application/json",
    secretHeaders: { "PRIVATE-TOKEN": token },
    maxBody: MAX_ANSWER,
  });
  return status === 200 ? isoTime(parsedObject(body)?.expires_at) : undefined;
}
