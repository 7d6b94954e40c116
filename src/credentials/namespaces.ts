import { deadlineIn } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import type { SecretStore } from "../kube/store.ts";

/** Most namespaces that one request may write to. */
export const MAX_NAMESPACES = 1000;

/** Namespaces that are chosen by what is there. */
export interface NamespaceSelection {
  /** A label selector in Kubernetes' syntax; all namespaces when absent. */
  readonly selector?: string;
  /** Names that are left out, `*` standing for anything. */
  readonly exclude: readonly string[];
}

export type Selected =
  | { readonly kind: "selected"; readonly namespaces: readonly string[] }
  | { readonly kind: "unable"; readonly error: KubeError };

export interface SelectDeps {
  readonly store: SecretStore;
  readonly seconds: number;
  /** Written anyway, so never selected. */
  readonly argocdNamespace: string;
}

/** The namespaces of a cluster that a selection means, sorted; those being deleted are left out. */
export async function selectNamespaces(
  { selector, exclude }: NamespaceSelection,
  { store, seconds, argocdNamespace }: SelectDeps,
): Promise<Selected> {
  try {
    const phases = await store.namespaces(selector, deadlineIn(seconds));
    const names = [...phases].filter(([, phase]) => phase === "Active").map(([name]) => name);
    const excluded = [argocdNamespace, ...exclude];
    const namespaces = names.filter((name) => !excluded.some((each) => isLike(name, each))).sort();
    return { kind: "selected", namespaces };
  } catch (error) {
    if (error instanceof KubeError) return { kind: "unable", error };
    throw error;
  }
}

/**
 * Whether a name is like a pattern, in which `*` stands for anything. It never looks back further than
 * the last star, as a regular expression of many would.
 */
export function isLike(name: string, pattern: string): boolean {
  const [first = "", ...more] = pattern.split("*");
  if (more.length === 0) return name === pattern;
  const last = more.pop()!;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of more) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
