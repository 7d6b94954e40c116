import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";
import { bearer } from "./authorization.ts";
import type { Challenge } from "./challenge.ts";
import { whyNotRealm } from "./realm.ts";
import type { Session } from "./session.ts";

/** What to show to a registry, or why there is nothing to show. */
export type Pass =
  | { readonly kind: "ready"; readonly authorization: Sealed<string> | undefined }
  /** The credential is refused. */
  | { readonly kind: "refused"; readonly why: string }
  /** It was not said whether it is. */
  | { readonly kind: "untold"; readonly why: string };

/** Largest answer of a token server that is read, in bytes. */
const MAX_TOKEN_ANSWER = 1024 * 1024;

/**
 * Asks the token server that a registry has named, with the credential where there is one. Only
 * what it says to the credential counts: most give a token to everyone who shows none.
 * @throws {NoAnswer}
 */
export async function askToken(
  registry: URL,
  { parameters }: Challenge,
  { login, scope }: { login: Sealed<string> | undefined; scope: string | undefined },
  session: Session,
): Promise<Pass> {
  const realm = parameters.get("realm") ?? "";
  if (!URL.canParse(realm)) return untold("The registry names no token server");
  const url = new URL(realm);
  for (const part of ["username", "password", "hash"] as const) url[part] = "";
  const strange = whyNotRealm(registry, url);
  if (strange !== undefined) {
    const why =
      `Cannot send the credential to ${session.shown(url)}, which the registry names as ` +
      `its token server: it ${strange}`;
    return untold(why);
  }
  const service = parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  const answer = await session.ask({
    url,
    accept: "application/json",
    authorization: login,
    maxBody: MAX_TOKEN_ANSWER,
  });
  const { status } = answer;
  if (status === 401 || status === 403) {
    return {
      kind: "refused",
      why: `The registry's token server refuses the credential with ${status}`,
    };
  }
  const said = `The registry's token server answers with ${status}`;
  if (status !== 200) return untold(said);
  if (login !== undefined) session.tokenServer = url;
  const { token, access_token } = parsedObject(answer.body) ?? {};
  const authorization = bearer(String(token || access_token || ""));
  return authorization ? { kind: "ready", authorization } : untold(`${said} and no token`);
}

function untold(why: string): Pass {
  return { kind: "untold", why };
}
