import { readYaml, type Value } from "../kube/kubeconfig/yaml.ts";
import { shellWord } from "../text/shell.ts";

/** Of a larger file contexts are not counted, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** How many contexts the content of a kubeconfig has. */
export function contextCount(content: Value): number {
  const { contexts } = (content ?? {}) as { contexts?: unknown };
  return Array.isArray(contexts) ? contexts.length : 0;
}

/**
 * How many contexts a file has; 0 of what is no kubeconfig or cannot be read. Most files have one,
 * which takes no parsing.
 *
 * Permissions: `--allow-read` of the file.
 */
export function contextsIn(file: string): number {
  try {
    const { isFile, size } = Deno.statSync(file);
    if (!isFile || size > MAX_BYTES) return 0;
    const text = Deno.readTextFileSync(file);
    const [first, second] = text.matchAll(/(?<![\w-])context["']?[ \t]*:/g);
    if (first === undefined) return 0;
    return second === undefined ? 1 : contextCount(readYaml(text));
  } catch {
    return 0;
  }
}

/** The command that imports the contexts of a file. */
export const importCommand = (file: string) =>
  `argocd-configurer clusters import --kubeconfig ${shellWord(file)}`;

/** What is said of a cluster's kubeconfig which has more contexts than the one that is used. */
export function furtherContexts(file: string, count: number): string | undefined {
  if (count < 2) return undefined;
  const further = count === 2 ? "1 further context" : `${count - 1} further contexts`;
  const are = count === 2 ? "is" : "are";
  return `${file} has ${further}, which ${are} not used: ${importCommand(file)}`;
}

/** Why a file of a folder is no cluster's, with what else may be done with it. */
export function whyPassedOver(
  folder: string,
  { file, why }: { readonly file: string; readonly why: string },
): string {
  const path = `${folder}/${file}`;
  const count = contextsIn(path);
  return count < 2 ? why : `${why}; or import its ${count} contexts: ${importCommand(path)}`;
}
