import { statusText } from "./authorization.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session, SessionRequest } from "./session.ts";
import type { ServerVerdict } from "./verdict.ts";

/**
 * Whether a request succeeds without a credential, and not with a login page. The body is not read. This is done before
 * the credential is sent, so that a server that is unreachable or not trusted never gets it.
 * @throws {NoAnswer}
 */
export async function isPublic(request: SessionRequest, session: Session): Promise<boolean> {
  try {
    const { status, headers } = await session.request(request);
    return status === 200 && !headers["content-type"]?.startsWith("text/html");
  } catch (error) {
    // Many servers redirect anonymous requests to a login page.
    if (error instanceof NoAnswer && error.kind === "elsewhere") return false;
    throw error;
  }
}

/** The verdict for a repository that refuses or requires a credential; `undefined` for other statuses. */
export function refusal(status: number, isGiven: boolean): ServerVerdict | undefined {
  if (status !== 401 && status !== 403) return undefined;
  return isGiven
    ? { accepted: false, why: `The repository refuses the credential (${statusText(status)})` }
    : { accepted: undefined, why: "The repository requires a credential, and none was given" };
}
