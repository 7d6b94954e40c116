import { NoAnswer } from "./no_answer.ts";
import type { Question, Session } from "./session.ts";

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
