import { seal, type Sealed } from "../log/sealed.ts";
import { isObject, parsedObject } from "../text/json.ts";
import { claimsOf } from "../text/json_web_token.ts";
import { bearer } from "./authorization.ts";
import { isoTime } from "./expiry.ts";
import type { Session } from "./session.ts";

/** The largest response that is read, in bytes: a hundred tokens with their labels. */
const MAX_ANSWER = 256 * 1024;

/** The most tokens that are listed. */
const MOST = 100;

/**
 * When a personal access token of Docker Hub expires, in ISO time. The token is exchanged for one of the API, which
 * lists all tokens of the user. The right one is known if the API's token names it by ID, if it is the only active one,
 * or if all of them expire at the same time. Implemented from Docker's documentation, and tested only against its
 * examples.
 * @see https://docs.docker.com/reference/api/hub/latest/operations/AuthCreateAccessToken.md
 * @see https://docs.docker.com/reference/api/hub/latest/operations/getV2AccessTokens.md
 */
export async function dockerHubExpiry(
  session: Session,
  api: string,
  { username, token }: { readonly username: string; readonly token: Sealed<string> },
): Promise<string | undefined> {
  const login = await session.request({
    method: "POST",
    url: new URL("auth/token", api),
    accept: "application/json",
    json: seal(JSON.stringify({ identifier: username, secret: token.reveal() })),
    maxBody: MAX_ANSWER,
  });
  const { access_token: access } = parsedObject(login.body) ?? {};
  if (login.status !== 200 || typeof access !== "string") return undefined;
  const authorization = bearer(access);
  if (authorization === undefined) return undefined;
  const { status, body } = await session.request({
    url: new URL(`access-tokens?page_size=${MOST}`, api),
    accept: "application/json",
    authorization,
    maxBody: MAX_ANSWER,
  });
  const { results, next } = parsedObject(body) ?? {};
  if (status !== 200 || !Array.isArray(results)) return undefined;
  const active = results.filter(isObject).filter(({ is_active }) => is_active === true);
  const named = active.filter(({ uuid }) => typeof uuid === "string" && says(access, uuid));
  const meant = named.length === 1 ? named : next ? [] : active;
  const [end, ...others] = new Set(meant.map(({ expires_at }) => isoTime(expires_at)));
  return others.length === 0 ? end : undefined;
}

/** Whether the claims of a JSON Web Token contain this text. */
function says(token: string, text: string): boolean {
  return JSON.stringify(claimsOf(token) ?? {}).includes(JSON.stringify(text));
}
