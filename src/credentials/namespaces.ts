import { deadlineIn } from "../kube/deadline.ts";
import { matchesPattern } from "../text/glob.ts";
import { type Unable, unable, type WriteDeps } from "./write/verdict.ts";

/** The most namespaces that one request may write to. */
export const MAX_NAMESPACES = 1000;

/** Selects namespaces of a cluster by label and name. */
export interface NamespaceSelection {
  /** A label selector in Kubernetes' syntax. @default all namespaces */
  readonly selector?: string;
  /** Names to leave out; `*` is a wildcard. */
  readonly exclude: readonly string[];
}

/**
 * The selected namespaces of a cluster, sorted. Namespaces that are being deleted are left out.
 * @param argocdNamespace never selected, since every write includes it; `undefined` where there is none
 */
export async function selectNamespaces(
  { selector, exclude }: NamespaceSelection,
  { store, seconds, argocdNamespace }: Pick<WriteDeps, "store" | "seconds"> & {
    readonly argocdNamespace: string | undefined;
  },
): Promise<{ readonly kind: "selected"; readonly namespaces: readonly string[] } | Unable> {
  try {
    const phases = await store.namespaces(selector, deadlineIn(seconds));
    const names = [...phases].filter(([, phase]) => phase === "Active").map(([name]) => name);
    const isExcluded = (name: string) =>
      name === argocdNamespace || exclude.some((each) => matchesPattern(each, name));
    const namespaces = names.filter((name) => !isExcluded(name)).sort();
    return { kind: "selected", namespaces };
  } catch (error) {
    return unable(error);
  }
}
