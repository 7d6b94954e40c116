import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";
import { bearer } from "./authorization.ts";
import { askDockerHub } from "./docker_hub.ts";
import { isoTime } from "./expiry.ts";
import type { Asked } from "./issuers.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session } from "./session.ts";

/** Largest answer that is read, in bytes. */
const MAX_ANSWER = 64 * 1024;

/**
 * When a token ends, as its issuer says, in ISO time. Without an answer nobody knows, and that is all.
 * @param username of the login that has the token
 */
export async function askExpiry(
  session: Session,
  { kind, api, token }: Asked,
  username: string,
): Promise<string | undefined> {
  try {
    switch (kind) {
      case "github":
        return await askGitHub(session, api, token);
      case "gitlab":
        return await askGitLab(session, api, token);
      case "docker_hub":
        return await askDockerHub(session, api, { username, token });
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return undefined;
  }
}

/**
 * `rate_limit` costs nothing of the limit that it tells, and needs no right. An Enterprise Server without rate
 * limits answers with 404: what its headers say counts all the same.
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
async function askGitHub(
  session: Session,
  api: string,
  token: Sealed<string>,
): Promise<string | undefined> {
  const url = new URL("rate_limit", api);
  await session.ask({ url, authorization: bearer(token.reveal()) });
  return session.expires;
}

/**
 * A personal, project or group token tells of itself. One that may only read repositories is refused there with
 * 403, and nobody knows then; one that never ends has no `expires_at`.
 * @see https://docs.gitlab.com/api/personal_access_tokens/#get-details-on-a-personal-access-token
 */
async function askGitLab(
  session: Session,
  api: string,
  token: Sealed<string>,
): Promise<string | undefined> {
  const { status, body } = await session.ask({
    url: new URL("personal_access_tokens/self", api),
    accept: "application/json",
    secretHeaders: { "PRIVATE-TOKEN": token },
    maxBody: MAX_ANSWER,
  });
  return status === 200 ? isoTime(parsedObject(body)?.expires_at) : undefined;
}
