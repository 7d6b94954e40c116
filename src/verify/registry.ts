import { basicOf } from "./authorization.ts";
import { parseChallenges } from "./challenge.ts";
import { askToken, type Pass } from "./registry_token.ts";
import type { RegistryUrls } from "./registry_urls.ts";
import type { Session } from "./session.ts";
import type { Finding, RegistryCredential } from "./verdict.ts";

/** Gives what is to be shown for a scope, or for none. */
type Authorize = (scope?: string) => Promise<Pass>;

const ACCEPTED = "The registry accepts the credential";
const OPEN = "The registry asks nobody for credentials";

/**
 * Logs in as docker and helm do, and asks for the tags of the repository where one is given.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export async function verifyRegistry(
  credential: RegistryCredential,
  urls: RegistryUrls,
  session: Session,
): Promise<Finding> {
  const { api, tags } = urls;
  const login = basicOf(credential);
  let door = api;
  let first = await session.ask({ url: door });
  if (first.status === 200 && tags) {
    // Some ask only those who want a repository.
    const seen = await session.ask({ url: tags });
    // A repository that is not there may be a prefix that charts stand below.
    const open = seen.status === 200 || seen.status === 404 ? { open: true } as const : {};
    if (seen.status !== 401) {
      return { accepted: undefined, ...open, ...reading(credential, seen.status) };
    }
    door = tags;
    first = seen;
  }
  if (first.status === 200) return { accepted: undefined, open: true, why: OPEN };
  if (first.status !== 401) return { accepted: undefined, why: whyNoLogin(first.status) };

  const challenges = parseChallenges(first.headers["www-authenticate"] ?? "");
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer) {
    const authorize = (scope?: string) => askToken(api, bearer, { login, scope }, session);
    return await verifyLogin(credential, { ...urls, door: api }, authorize, session);
  }
  if (challenges.some(({ scheme }) => scheme === "basic")) {
    const pass: Pass = { kind: "ready", authorization: login };
    return await verifyLogin(credential, { ...urls, door }, () => Promise.resolve(pass), session);
  }
  const why = "The registry asks for credentials in a way that this program does not know";
  return { accepted: undefined, why };
}

function whyNoLogin(status: number): string {
  return status === 404
    ? "There is no registry: its API is answered with 404"
    : `The registry answers with ${status} before it asks who it is`;
}

/** @param door where a password has to be shown, and a token is of use for no repository */
async function verifyLogin(
  credential: RegistryCredential,
  { tags, path, door }: RegistryUrls & { readonly door: URL },
  authorize: Authorize,
  session: Session,
): Promise<Finding> {
  const isGiven = basicOf(credential) !== undefined;
  if (isGiven) {
    // For no repository, as `docker login` asks: what is refused then is the credential itself.
    const pass = await authorize();
    if (pass.kind !== "ready") {
      return { accepted: pass.kind === "refused" ? false : undefined, why: pass.why };
    }
    const { status } = await session.ask({ url: door, authorization: pass.authorization });
    if (status === 401 || (status === 403 && door !== tags)) {
      return { accepted: false, why: `The registry refuses the credential with ${status}` };
    }
    if (status !== 200) {
      const why =
        `Whether the credential is accepted was not told: the registry answers with ${status}`;
      return { accepted: undefined, why };
    }
    if (!tags) return { accepted: true, why: ACCEPTED };
  }
  const status = tags && await tagsStatus(tags, `repository:${path}:pull`, authorize, session);
  if (isGiven) return { accepted: true, ...reading(credential, status, ACCEPTED, "it") };
  if (status === 200) {
    return { accepted: undefined, open: true, ...reading(credential, status) };
  }
  const why = "The registry asks for a credential, and there is none to try";
  return { accepted: undefined, why };
}

/** `undefined` when the token server gives no token, and does not say that it refuses one. */
async function tagsStatus(
  url: URL,
  scope: string,
  authorize: Authorize,
  session: Session,
): Promise<number | undefined> {
  const pass = await authorize(scope);
  if (pass.kind !== "ready") return pass.kind === "refused" ? 403 : undefined;
  return (await session.ask({ url, authorization: pass.authorization })).status;
}

/** @param status of the answer to who asks for the repository's tags */
function reading(
  { repository }: RegistryCredential,
  status: number | undefined,
  lead = OPEN,
  whom = "everyone",
): Pick<Finding, "may" | "why"> {
  if (status === 200) {
    const why = `${lead} and lets ${whom} read ${repository}`;
    return { may: [`read ${repository}`], why };
  }
  // A prefix that charts stand below is no repository itself.
  if (status === 404) return { why: `${lead}, but has or shows no repository ${repository}` };
  return status === 401 || status === 403
    ? { why: `${lead}, but does not let ${whom} read ${repository}` }
    : { why: `${lead}, but did not tell whether ${whom} may read ${repository}` };
}
