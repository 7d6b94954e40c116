import { deadlineIn } from "../kube/deadline.ts";
import { matchesPattern } from "../text/glob.ts";
import { type Unable, unable, type WriteDeps } from "./write/verdict.ts";

/** Most namespaces that one request may write to. */
export const MAX_NAMESPACES = 1000;

/** Namespaces that are chosen by what is there. */
export interface NamespaceSelection {
  /** A label selector in Kubernetes' syntax; all namespaces when absent. */
  readonly selector?: string;
  /** Names that are left out, `*` standing for anything. */
  readonly exclude: readonly string[];
}

/**
 * The namespaces of a cluster that a selection means, sorted; those being deleted are left out.
 * @param argocdNamespace written anyway, so never selected; `undefined` where there is none
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
