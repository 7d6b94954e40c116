/**
 * Returns the logins that a kubelet tries for an image, by kubelet's own code of the Kubernetes version of
 * the tests' kube-apiserver. No cluster is needed.
 */
import { answerOfProgram } from "./answer_of.ts";
import { findKubeletReader } from "./kubelet_reader.ts";

/** A secret of a case; values of its data in base64. */
export interface CasePullSecret {
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface PullCase {
  readonly image: string;
  /** Pull secrets in the order of the pod. */
  readonly secrets: readonly CasePullSecret[];
}

export interface PullAnswer {
  /** The normalized repository; empty for an invalid image name. */
  readonly repository: string;
  /** Why the pull secrets cannot be read, so that nothing is pulled. */
  readonly failed?: "image" | "secrets";
  /** Logins in kubelet's order. */
  readonly tries: readonly {
    readonly secret: string;
    readonly username: string;
    readonly password: string;
  }[];
}

/**
 * Answers many thousand cases a second.
 * @returns one answer for each case, in the same order
 * @throws Error with the number of the first invalid case, counting from 0, and never a value from it
 */
export async function askKubelet(cases: readonly PullCase[]): Promise<PullAnswer[]> {
  const asked = cases.map((each) => `${JSON.stringify(each)}\n`).join("");
  const answered = await answerOfProgram("kubelet's code", await findKubeletReader(), [], asked);
  const answers = answered.split("\n").filter((line) => line !== "")
    .map((line): PullAnswer => JSON.parse(line));
  if (answers.length !== cases.length) {
    throw new Error(`kubelet's code answered ${answers.length} of ${cases.length} cases`);
  }
  return answers;
}
