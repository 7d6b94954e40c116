/** Reads secrets with Argo CD's own code, to test the secrets that the program has written. */
import type { Answers, Questions } from "./answers.ts";
import { findArgocdReader } from "./build.ts";
import { answerOf } from "./process.ts";

export interface ArgocdReader {
  /**
   * Reads the present state of the cluster, and answers. It writes nothing, and Argo CD need not be installed.
   * @throws Error with the output of the program, when the cluster cannot be read
   */
  ask(questions?: Questions): Promise<Answers>;
}

export interface ArgocdReaderOptions {
  /** Path of a kubeconfig that may list and watch secrets and configmaps of the namespace. */
  kubeconfig: string;
  /** Argo CD's namespace. */
  namespace: string;
  /** Path of the program. @default what `findArgocdReader` finds or, on first use, builds */
  program?: string;
  /** Timeout for an answer, in milliseconds. @default 60000 */
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
