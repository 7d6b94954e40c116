import type { Deadline } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { ItemOutcome, SecretStore } from "../../kube/store.ts";

export interface NewNamespaces {
  /** Those that this write has made, or may have. */
  readonly made: readonly string[];
  /** Why not all of them are there. */
  readonly error: KubeError | undefined;
}

export interface MakeNamespaces {
  readonly store: SecretStore;
  readonly deadline: Deadline;
  readonly onFault: (error: unknown) => void;
}

/**
 * Makes namespaces. One that somebody else makes at the same time is as good. They stay when the
 * write fails: deleting one would delete whatever others have put there by then.
 */
export async function makeNamespaces(
  names: readonly string[],
  { store, deadline, onFault }: MakeNamespaces,
): Promise<NewNamespaces> {
  if (names.length === 0) return { made: [], error: undefined };
  const outcomes = await store.createNamespaces(names, deadline).catch(
    (fault: unknown): ItemOutcome[] => {
      if (fault instanceof KubeError) return names.map(() => ({ kind: "rejected", error: fault }));
      onFault(fault);
      const error = new KubeError("internal", "Cannot write: an error inside this program");
      return names.map(() => ({ kind: "unknown", error }));
    },
  );
  const made = names.filter((_, i) => outcomes[i]!.kind !== "rejected");
  const errors = outcomes.flatMap((outcome) =>
    outcome.kind === "done" || outcome.error.kind === "exists" ? [] : [outcome.error]
  );
  return { made, error: errors[0] };
}
