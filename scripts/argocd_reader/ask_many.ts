/** Answers many generated cases with Argo CD's own code in one process, without a cluster. */
import type { Case, CaseAnswer } from "./answers.ts";
import { findArgocdReader } from "./build.ts";
import { answerOf } from "./process.ts";

export interface AskManyOptions {
  /** Path of the program. @default what `findArgocdReader` finds or, on first use, builds */
  program?: string;
  /** Timeout for each case, in milliseconds. @default 60000 */
  timeoutMs?: number;
}

/**
 * Answers several hundred cases a second: about fifty run concurrently, and each takes 0.1 s. Cases are
 * isolated from each other.
 * @returns one answer for each case, in the same order
 * @throws Error with the number of the first invalid case, counting from 0, and never a value from it
 */
export async function askMany(
  cases: readonly Case[],
  { program, timeoutMs = 60_000 }: AskManyOptions = {},
): Promise<CaseAnswer[]> {
  const args = ["-cases", "-timeout", `${timeoutMs}ms`];
  const asked = cases.map((each) => `${JSON.stringify(each)}\n`).join("");
  const answered = await answerOf(program ?? await findArgocdReader(), args, asked);
  const answers = answered.split("\n").filter((line) => line !== "")
    .map((line): CaseAnswer => JSON.parse(line));
  if (answers.length !== cases.length) {
    throw new Error(
      `Argo CD's code answered ${answers.length} of ${cases.length} cases`,
    );
  }
  return answers;
}
