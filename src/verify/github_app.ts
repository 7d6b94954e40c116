import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { encodeBase64Url } from "../text/bytes.ts";
import { isObject, parsedObject } from "../text/json.ts";
import { bearer } from "./authorization.ts";
import type { Session } from "./session.ts";
import type { GitHubAppCredential, ServerVerdict } from "./verdict.ts";

/** The largest response that is read, in bytes: it may name many repositories. */
const MAX_ANSWER = 4 * 1024 * 1024;

/**
 * Validity of a token relative to now, in seconds: from a minute ago, because clocks differ, and for at most ten
 * minutes.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
const TOKEN_SINCE = -60;
const TOKEN_UNTIL = 9 * 60;

/** The permissions that matter to Argo CD. */
const RIGHTS = ["contents", "metadata", "packages"];

/**
 * Creates an access token for the installation, as Argo CD does. The token is discarded, and expires by itself.
 * @param now milliseconds since 1970
 * @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function verifyGitHubApp(
  credential: GitHubAppCredential,
  url: URL,
  session: Session,
  now: number,
): Promise<ServerVerdict> {
  const key = rsaKey(credential.privateKey.reveal());
  if (!key) return { accepted: false, why: "The private key is not an RSA key in PEM" };
  const answer = await session.request({
    method: "POST",
    url,
    accept: "application/vnd.github+json",
    authorization: bearer(jsonWebToken(String(credential.id), key, now)),
    maxBody: MAX_ANSWER,
  });
  const { status } = answer;
  const why = WHY[status];
  if (why !== undefined) return { accepted: false, why };
  if (status !== 201) {
    return { accepted: undefined, why: `Unexpected response from GitHub: HTTP ${status}` };
  }
  // `expires_at` is about the discarded token; the key does not expire.
  const { permissions, repository_selection } = parsedObject(answer.body) ?? {};
  const may = rightsIn(permissions);
  const which = repository_selection === "selected" ? "selected repositories" : "all repositories";
  return {
    accepted: true,
    may,
    why: may.some((right) => right.endsWith("contents"))
      ? `GitHub accepts the key; the installation can read the contents of ${which}`
      : "GitHub accepts the key, but the installation has no permission to read repository contents",
  };
}

const WHY: Readonly<Record<number, string>> = {
  401: "GitHub refuses the app ID or key (401 Unauthorized), or this machine's clock is wrong",
  403: "GitHub refuses the app (403 Forbidden): the installation may be suspended",
  404: "GitHub does not find the installation of the app (404 Not Found), or the API URL is wrong",
};

/** The known permissions, in their order: `read contents`, `write metadata`. */
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
