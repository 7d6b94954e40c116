import { readYaml, type YamlValue } from "../kube/kubeconfig/yaml.ts";
import { shellWord } from "../text/shell.ts";

/** Largest file in which contexts are counted, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** The number of contexts in a parsed kubeconfig. */
export function contextCount(content: YamlValue): number {
  const { contexts } = (content ?? {}) as { contexts?: unknown };
  return Array.isArray(contexts) ? contexts.length : 0;
}

/**
 * The number of contexts in a file; 0 when it is not a kubeconfig or cannot be read. A file with a single
 * one, like most, is not parsed.
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

/** The warning about a kubeconfig with more contexts than the current one; `undefined` when it has one. */
export function furtherContexts(file: string, count: number): string | undefined {
  if (count < 2) return undefined;
  const [further, them] = count === 2
    ? ["1 further context that is", "it"]
    : [`${count - 1} further contexts that are`, "them"];
  return `${file} has ${further} not used. Import ${them} with: ${importCommand(file)}`;
}

/** Why a file in the clusters folder is ignored, and how to import its contexts if it has several. */
export function whyIgnored(
  folder: string,
  { file, why }: { readonly file: string; readonly why: string },
): string {
  const path = `${folder}/${file}`;
  const count = contextsIn(path);
  return count < 2 ? why : `${why}; or import its ${count} contexts with: ${importCommand(path)}`;
}
