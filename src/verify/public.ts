import { NoAnswer } from "./no_answer.ts";
import type { Question, Session } from "./session.ts";
import type { Finding } from "./verdict.ts";

/**
 * Whether everyone gets what is asked for, and no page to log in. The body is not read. This comes
 * before the credential is sent: a server that cannot be reached, or is not trusted, never gets it.
 * @throws {NoAnswer}
 */
export async function isPublic(question: Question, session: Session): Promise<boolean> {
  try {
    const { status, headers } = await session.ask(question);
    return status === 200 && !headers["content-type"]?.startsWith("text/html");
  } catch (error) {
    // Many send a stranger to where people log in.
    if (error instanceof NoAnswer && error.kind === "elsewhere") return false;
    throw error;
  }
}

/** Of a repository that refuses, or asks for a credential; `undefined` of another status. */
export function refusal(status: number, isGiven: boolean): Finding | undefined {
  if (status !== 401 && status !== 403) return undefined;
  return isGiven
    ? { accepted: false, why: `The repository refuses the credential with ${status}` }
    : {
      accepted: undefined,
      why: "The repository asks for a credential, and there is none to try",
    };
}
