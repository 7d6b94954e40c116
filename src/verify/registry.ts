import { basicOf, statusText } from "./authorization.ts";
import { parseChallenges } from "./challenge.ts";
import { type RegistryAuthorization, requestToken } from "./registry_token.ts";
import type { RegistryUrls } from "./registry_urls.ts";
import type { Session } from "./session.ts";
import type { RegistryCredential, ServerVerdict } from "./verdict.ts";

/** Returns the authorization for a scope, or for a plain login. */
type Authorize = (scope?: string) => Promise<RegistryAuthorization>;

const ACCEPTED = "The registry accepts the credential";
const OPEN = "The registry requires no credential";

/**
 * Logs in as docker and helm do, and lists the tags of the repository if one is given.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export async function verifyRegistry(
  credential: RegistryCredential,
  urls: RegistryUrls,
  session: Session,
): Promise<ServerVerdict> {
  const { api, tags } = urls;
  const login = basicOf(credential);
  let loginUrl = api;
  let first = await session.request({ url: loginUrl });
  if (first.status === 200 && tags) {
    // Some registries require a credential for repositories only.
    const seen = await session.request({ url: tags });
    // A repository that does not exist may be the prefix of charts.
    const open = seen.status === 200 || seen.status === 404 ? { open: true } as const : {};
    if (seen.status !== 401) {
      return { accepted: undefined, ...open, ...reading(credential, seen.status) };
    }
    loginUrl = tags;
    first = seen;
  }
  if (first.status === 200) return { accepted: undefined, open: true, why: OPEN };
  if (first.status !== 401) return { accepted: undefined, why: whyNoLogin(first.status) };

  const challenges = parseChallenges(first.headers["www-authenticate"] ?? "");
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer) {
    const authorize = (scope?: string) => requestToken(api, bearer, { login, scope }, session);
    return await verifyLogin(credential, { ...urls, loginUrl: api }, authorize, session);
  }
  if (challenges.some(({ scheme }) => scheme === "basic")) {
    const basic: RegistryAuthorization = { kind: "ready", authorization: login };
    const authorize = () => Promise.resolve(basic);
    return await verifyLogin(credential, { ...urls, loginUrl }, authorize, session);
  }
  const why = "The registry requires an authentication method other than Basic and Bearer";
  return { accepted: undefined, why };
}

function whyNoLogin(status: number): string {
  return status === 404
    ? "No registry at this host (404 Not Found from its API)"
    : `Unexpected response from the registry before the login: HTTP ${status}`;
}

/** @param loginUrl the URL to which a password is sent, and a token without repository scope */
async function verifyLogin(
  credential: RegistryCredential,
  { tags, path, loginUrl }: RegistryUrls & { readonly loginUrl: URL },
  authorize: Authorize,
  session: Session,
): Promise<ServerVerdict> {
  const isGiven = basicOf(credential) !== undefined;
  if (isGiven) {
    // Without a repository, like `docker login`: a refusal is then about the credential itself.
    const login = await authorize();
    if (login.kind !== "ready") {
      return { accepted: login.kind === "refused" ? false : undefined, why: login.why };
    }
    const { authorization } = login;
    const { status } = await session.request({ url: loginUrl, authorization });
    if (status === 401 || (status === 403 && loginUrl !== tags)) {
      return {
        accepted: false,
        why: `The registry refuses the credential (${statusText(status)})`,
      };
    }
    if (status !== 200) {
      const why = `Unexpected response from the registry to the login: HTTP ${status}`;
      return { accepted: undefined, why };
    }
    if (!tags) return { accepted: true, why: ACCEPTED };
  }
  const status = tags && await tagsStatus(tags, `repository:${path}:pull`, authorize, session);
  if (isGiven) return { accepted: true, ...reading(credential, status, ACCEPTED) };
  if (status === 200) {
    return { accepted: undefined, open: true, ...reading(credential, status) };
  }
  const why = "The registry requires a credential, and none was given";
  return { accepted: undefined, why };
}

/** The status of listing tags; `undefined` where the token server neither gives a token nor refuses it. */
async function tagsStatus(
  url: URL,
  scope: string,
  authorize: Authorize,
  session: Session,
): Promise<number | undefined> {
  const result = await authorize(scope);
  if (result.kind !== "ready") return result.kind === "refused" ? 403 : undefined;
  return (await session.request({ url, authorization: result.authorization })).status;
}

/** @param status of listing the repository's tags */
function reading(
  { repository }: RegistryCredential,
  status: number | undefined,
  lead = OPEN,
): Pick<ServerVerdict, "may" | "why"> {
  if (status === 200) {
    return {
      may: [`read ${repository}`],
      why: `${lead}: repository ${repository} can be read`,
    };
  }
  // The prefix of charts is not a repository itself.
  if (status === 404) {
    return { why: `${lead}, but repository ${repository} was not found or is not accessible` };
  }
  return status === 401 || status === 403
    ? { why: `${lead}, but access to repository ${repository} is denied` }
    : { why: `${lead}, but access to repository ${repository} is unknown` };
}
