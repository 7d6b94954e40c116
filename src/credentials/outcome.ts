import type { Outcome, ServiceAccountRef } from "../audit/entry.ts";
import { accountOf, type PullSecretUse, refKey } from "../kube/store.ts";
import type { WriteVerdict } from "./write.ts";
import type { RemoveVerdict } from "./write/removal.ts";
import type { Failed, Unable, WriteRefused } from "./write/verdict.ts";

/** Converts verdicts to outcomes for the audit log. */

/** The credential was verified and not accepted. */
export const NOT_ACCEPTED: Outcome = { outcome: "refused", refusals: ["not_accepted"] };

/** The secret to delete does not exist. */
export const NOT_THERE: Outcome = { outcome: "refused", refusals: ["not_there"] };

/** @param requested names of the secrets in the request; the outcome names those written in their place */
export function outcomeOfWrite(verdict: WriteVerdict, requested: readonly string[]): Outcome {
  if (verdict.kind !== "written") return outcomeOfNothing(verdict);
  const counts = { created: 0, replaced: 0, unchanged: 0 };
  for (const { action } of verdict.secrets) counts[action]++;
  const actions = unique(verdict.secrets.map(({ action }) => action));
  const written = unique(verdict.secrets.map(({ name }) => name));
  const isElsewhere = written.some((name) => !requested.includes(name));
  return {
    outcome: actions.length === 1 ? actions[0]! : "mixed",
    counts,
    ...(isElsewhere ? { written } : {}),
    ...namespacesCreated(verdict.namespaces),
  };
}

export function outcomeOfRemoval(verdict: RemoveVerdict): Outcome {
  if (verdict.kind !== "removed") return outcomeOfNothing(verdict);
  return { outcome: "deleted", counts: { deleted: verdict.secrets.length } };
}

/** The names and namespaces of secrets, each once. */
export function placesOf(
  secrets: readonly { readonly namespace: string; readonly name: string }[],
): { readonly names: string[]; readonly namespaces: string[] } {
  return {
    names: unique(secrets.map(({ name }) => name)),
    namespaces: unique(secrets.map(({ namespace }) => namespace)),
  };
}

/** The service accounts that use pull secrets, each once. */
export function accountsOf(uses: readonly PullSecretUse[]): ServiceAccountRef[] {
  return [...new Map(uses.map(accountOf).map((each) => [refKey(each), each])).values()];
}

function namespacesCreated(namespaces: readonly string[]) {
  return namespaces.length === 0 ? {} : { namespaces_created: namespaces };
}

/** The outcome of a write or removal that changed nothing, or was rolled back. */
function outcomeOfNothing(verdict: WriteRefused | Unable | Failed): Outcome {
  switch (verdict.kind) {
    case "refused":
      return { outcome: "refused", refusals: unique(verdict.refusals.map(({ kind }) => kind)) };
    case "unable":
      return { outcome: "unable", error: verdict.error.kind };
    case "failed": {
      const not_restored = verdict.notRestored.map(
        ({ namespace, name, state, isServiceAccount }) => ({
          namespace,
          name,
          ...(isServiceAccount ? { kind: "serviceaccount" } : {}),
          state,
        }),
      );
      return {
        outcome: "failed",
        error: verdict.error.kind,
        not_restored,
        ...namespacesCreated(verdict.namespaces),
      };
    }
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
