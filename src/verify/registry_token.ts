import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";
import { bearer, statusText } from "./authorization.ts";
import type { Challenge } from "./challenge.ts";
import { whyNotRealm } from "./realm.ts";
import type { Session } from "./session.ts";

/** The authorization for a registry, or why there is none. */
export type RegistryAuthorization =
  | { readonly kind: "ready"; readonly authorization: Sealed<string> | undefined }
  /** The credential is refused. */
  | { readonly kind: "refused"; readonly why: string }
  /** It is unknown whether the credential is accepted. */
  | { readonly kind: "unknown"; readonly why: string };

/** The largest response of a token server that is read, in bytes. */
const MAX_TOKEN_ANSWER = 1024 * 1024;

/**
 * Requests a token from the token server that a registry names, with the credential if there is one. Only its answer to
 * the credential counts: most token servers give anonymous tokens.
 * @throws {NoAnswer}
 */
export async function requestToken(
  registry: URL,
  { parameters }: Challenge,
  { login, scope }: { login: Sealed<string> | undefined; scope: string | undefined },
  session: Session,
): Promise<RegistryAuthorization> {
  const realm = parameters.get("realm") ?? "";
  if (!URL.canParse(realm)) return unknown("The registry does not name a token server");
  const url = new URL(realm);
  for (const part of ["username", "password", "hash"] as const) url[part] = "";
  const strange = whyNotRealm(registry, url);
  if (strange !== undefined) {
    const why =
      `The credential was not sent to ${session.shown(url)}, the registry's token server, ` +
      `because it ${strange}`;
    return unknown(why);
  }
  const service = parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  const answer = await session.request({
    url,
    accept: "application/json",
    authorization: login,
    maxBody: MAX_TOKEN_ANSWER,
  });
  const { status } = answer;
  if (status === 401 || status === 403) {
    return {
      kind: "refused",
      why: `The registry's token server refuses the credential (${statusText(status)})`,
    };
  }
  if (status !== 200) {
    return unknown(`Unexpected response from the registry's token server: HTTP ${status}`);
  }
  if (login !== undefined) session.tokenServer = url;
  const { token, access_token } = parsedObject(answer.body) ?? {};
  const authorization = bearer(String(token || access_token || ""));
  return authorization
    ? { kind: "ready", authorization }
    : unknown("The registry's token server answered without a token");
}

function unknown(why: string): RegistryAuthorization {
  return { kind: "unknown", why };
}
