/** Generated cases, judged by Argo CD's own code in one process and without a cluster. */
import type { Case, CaseAnswer } from "./answers.ts";
import { findArgocdReader } from "./build.ts";
import { answerOf } from "./process.ts";

export interface AskManyOptions {
  /** Path of the program. @default what `findArgocdReader` finds or, on first use, builds */
  program?: string;
  /** For each case, in milliseconds. @default 60000 */
  timeoutMs?: number;
}

/**
 * Some hundred cases a second: about fifty are judged at once, and each takes 0.1 s. Nothing of one is
 * seen by another.
 * @returns an answer for each case, in the order of the cases
 * @throws Error with the number of the first case that is wrong, counted from 0, and none of its
 * values
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
      `Asked Argo CD's code ${cases.length} cases, and got ${answers.length} answers`,
    );
  }
  return answers;
}
