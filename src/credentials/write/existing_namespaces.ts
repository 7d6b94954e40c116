import { type Deadline, deadlineIn } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { SecretStore } from "../../kube/store.ts";
import type { WriteDeps, WriteVerdict } from "./verdict.ts";

/** Seconds that the answer to a write is held up at most for what may be proposed in it. */
const PATIENCE = 1;

/**
 * Where a write is refused for a missing namespace, adds the ones that there are, so that one of them
 * can be proposed. It is not what was asked for: it takes a second at most, and what cannot be told
 * in that is left out. To be asked when no lock is held.
 * @param deadline of the write
 */
export async function withExistingNamespaces(
  verdict: WriteVerdict,
  { store, onFault }: Pick<WriteDeps, "store" | "onFault">,
  deadline: Deadline,
): Promise<WriteVerdict> {
  const isMissing = verdict.kind === "refused" &&
    verdict.refusals.some(({ kind }) => kind === "namespace_missing");
  if (!isMissing) return verdict;
  const soon = deadlineIn(Math.min(PATIENCE, deadline.remaining() / 1000));
  try {
    return { ...verdict, existingNamespaces: await activeNamespaces(store, soon) };
  } catch (error) {
    if (!(error instanceof KubeError)) onFault(error);
    return verdict;
  }
}

async function activeNamespaces(store: SecretStore, deadline: Deadline): Promise<string[]> {
  const phases = await store.namespaces(undefined, deadline);
  return [...phases].flatMap(([name, phase]) => phase === "Active" ? [name] : []);
}
