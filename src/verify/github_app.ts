import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { encodeBase64Url } from "../text/bytes.ts";
import { isObject, parsedObject } from "../text/json.ts";
import { bearer } from "./authorization.ts";
import type { Session } from "./session.ts";
import type { Finding, GitHubAppCredential } from "./verdict.ts";

/** Largest answer that is read, in bytes: it may name many repositories. */
const MAX_ANSWER = 4 * 1024 * 1024;

/**
 * Times of a token in seconds. It begins a minute ago, as clocks differ, and may hold ten minutes.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
const TOKEN_SINCE = -60;
const TOKEN_UNTIL = 9 * 60;

/** Rights that Argo CD has a use for. */
const RIGHTS = ["contents", "metadata", "packages"];

/**
 * Has an access token made for the installation, as Argo CD does, which nobody gets to see: it is
 * dropped, and expires by itself.
 * @param now milliseconds since 1970
 * @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function verifyGitHubApp(
  credential: GitHubAppCredential,
  url: URL,
  session: Session,
  now: number,
): Promise<Finding> {
  const key = rsaKey(credential.privateKey.reveal());
  if (!key) return { accepted: false, why: "The private key is no RSA key in PEM" };
  const answer = await session.ask({
    method: "POST",
    url,
    accept: "application/vnd.github+json",
    authorization: bearer(jsonWebToken(String(credential.id), key, now)),
    maxBody: MAX_ANSWER,
  });
  const { status } = answer;
  const why = WHY[status];
  if (why !== undefined) return { accepted: false, why };
  if (status !== 201) return { accepted: undefined, why: `GitHub answers with ${status}` };
  // `expires_at` is that of the token which was made, and is dropped; the key does not end.
  const { permissions, repository_selection } = parsedObject(answer.body) ?? {};
  const may = rightsIn(permissions);
  const which = repository_selection === "selected" ? "selected repositories" : "all repositories";
  return {
    accepted: true,
    may,
    why: may.some((right) => right.endsWith("contents"))
      ? `GitHub accepts the key, and the installation may read contents of ${which}`
      : "GitHub accepts the key, but the installation may not read the contents of repositories",
  };
}

const WHY: Readonly<Record<number, string>> = {
  401: "GitHub refuses the app's id or key with 401, or finds this machine's clock wrong",
  403: "GitHub refuses with 403: the installation may be suspended",
  404: "GitHub answers with 404: the app has no such installation, or there is no such API",
};

/** `read contents`, `write metadata`: those that are known here, in their order. */
function rightsIn(permissions: unknown): string[] {
  const given = isObject(permissions) ? permissions : {};
  return RIGHTS.flatMap((right) =>
    ["read", "write", "admin"].flatMap((level) =>
      given[right] === level ? [`${level} ${right}`] : []
    )
  );
}

function rsaKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined; // the message may quote it
  }
}

function jsonWebToken(issuer: string, key: KeyObject, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds + TOKEN_SINCE, exp: seconds + TOKEN_UNTIL, iss: issuer };
  const content = [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => encodeBase64Url(JSON.stringify(part))).join(".");
  return `${content}.${
    encodeBase64Url(sign("RSA-SHA256", new TextEncoder().encode(content), key))
  }`;
}
