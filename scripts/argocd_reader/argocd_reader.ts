/** What Argo CD would use, said by Argo CD's own code: for tests of what the program has written. */
import type { Answers, Questions } from "./answers.ts";
import { findArgocdReader } from "./build.ts";
import { answerOf } from "./process.ts";

export interface ArgocdReader {
  /**
   * Reads the cluster as it is at this moment and answers. It only reads; Argo CD need not be there.
   * @throws Error with what the program said, when the cluster cannot be read
   */
  ask(questions?: Questions): Promise<Answers>;
}

export interface ArgocdReaderOptions {
  /** Path of one whose user may list and watch secrets and configmaps of the namespace. */
  kubeconfig: string;
  /** Argo CD's own. */
  namespace: string;
  /** Path of the program. @default what `findArgocdReader` finds or, on first use, builds */
  program?: string;
  /** For an answer, in milliseconds. @default 60000 */
  timeoutMs?: number;
}

export function argocdReader(options: ArgocdReaderOptions): ArgocdReader {
  const { kubeconfig, namespace, timeoutMs = 60_000 } = options;
  const args = ["-kubeconfig", kubeconfig, "-namespace", namespace, "-timeout", `${timeoutMs}ms`];
  let found: Promise<string> | undefined;
  return {
    async ask(questions = {}) {
      const program = options.program ?? await (found ??= findArgocdReader());
      return JSON.parse(await answerOf(program, args, JSON.stringify(questions)));
    },
  };
}
