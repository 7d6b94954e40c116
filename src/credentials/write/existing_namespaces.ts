import { type Deadline, deadlineIn } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { SecretStore } from "../../kube/store.ts";
import type { WriteDeps, WriteVerdict } from "./verdict.ts";

/** The most seconds that the suggestion may delay the response. */
const PATIENCE = 1;

/**
 * Adds the existing namespaces to the verdict of a write that was refused for a missing namespace, so
 * that the response can suggest the nearest name. Best effort: when the list fails or takes more than a
 * second, the verdict stays as it is. Call it after the locks are released.
 * @param deadline the deadline of the write
 */
export async function withExistingNamespaces(
  verdict: WriteVerdict,
  { store, onBug }: Pick<WriteDeps, "store" | "onBug">,
  deadline: Deadline,
): Promise<WriteVerdict> {
  const isMissing = verdict.kind === "refused" &&
    verdict.refusals.some(({ kind }) => kind === "namespace_missing");
  if (!isMissing) return verdict;
  const soon = deadlineIn(Math.min(PATIENCE, deadline.remaining() / 1000));
  try {
    return { ...verdict, existingNamespaces: await activeNamespaces(store, soon) };
  } catch (error) {
    if (!(error instanceof KubeError)) onBug(error);
    return verdict;
  }
}

async function activeNamespaces(store: SecretStore, deadline: Deadline): Promise<string[]> {
  const phases = await store.namespaces(undefined, deadline);
  return [...phases].flatMap(([name, phase]) => phase === "Active" ? [name] : []);
}
