/** Runs the argocd reader as a process. */
import { answerOfProgram } from "../control_plane/answer_of.ts";

/**
 * @returns standard output
 * @throws Error with the exit code and standard error, when it fails
 */
export function answerOf(
  program: string,
  args: readonly string[],
  asked: string,
): Promise<string> {
  return answerOfProgram("Argo CD's code", program, args, asked);
}
