import type { Refused, WriteVerdict, WrittenSecret } from "../../credentials/write/verdict.ts";
import type { PullSecretUse, StoredSecret } from "../../kube/store.ts";
import { writeFailed } from "../cluster_errors.ts";
import type { Exists } from "../cluster_kinds.ts";
import { OperationError } from "../errors.ts";
import { refusedError } from "../refusal_errors.ts";
import type { ExistingAnswer } from "../answers.ts";
import type { Place } from "../operation.ts";

/**
 * What became of all of them together, in a message: `updated` when one of them was replaced, else
 * `created` when one is new, else `unchanged`; of a dry run what would be.
 */
export function verbOf(secrets: readonly WrittenSecret[], dryRun: boolean): string {
  const isAny = (wanted: WrittenSecret["action"]) =>
    secrets.some(({ action }) => action === wanted);
  const verb = isAny("replaced") ? "updated" : isAny("created") ? "created" : undefined;
  if (verb === undefined) return dryRun ? "would be unchanged" : "unchanged";
  return dryRun ? `would be ${verb}` : `${verb} successfully`;
}

/** What became of one secret, or would. */
export function applied({ namespace, name, action, changes }: WrittenSecret) {
  const isTried = changes !== undefined;
  return {
    success: true,
    namespace,
    output: `secret/${name} ${action}${isTried ? " (dry run)" : ""}`,
    ...(isTried ? { changes } : {}),
  };
}

/** What is there, for who may not replace it. */
export function existing(found: StoredSecret | undefined): ExistingAnswer {
  if (found === undefined) return { exists: false, description: {} };
  const { name, namespace, type, labels } = found;
  return { exists: true, description: { name, namespace, type, labels } };
}

/**
 * Secrets are there, and the request does not say that they may be replaced.
 * @param body which they are, as the seed tells it
 */
export function existsError(which: Exists, body: object): OperationError<"exists"> {
  const fields = { ...body, upsert_required: true };
  return new OperationError("exists", which, {
    body: fields,
    seedBody: (message) => ({ error: true, message, ...fields }),
  });
}

/** Why a write came to nothing, which was asked for by a request's body. */
export function nothingWritten(
  { cluster, name, verdict }: {
    readonly cluster: string;
    readonly name: string;
    readonly verdict: Exclude<WriteVerdict, { kind: "written" }>;
  },
  { argocdNamespace, labelsAt }: Place,
  exists: (refused: Refused) => OperationError,
): OperationError {
  return verdict.kind === "refused"
    ? refusedError(verdict, {
      ...{ argocdNamespace, labelsAt, by: "body" },
      exists: () => exists(verdict),
    })
    : writeFailed(verdict, { cluster, name });
}

/** Service accounts that were given a secret, or had it taken away, or would; absent of none. */
export function patched(uses: readonly PullSecretUse[], dryRun: boolean) {
  return uses.length === 0 ? {} : {
    service_accounts: uses.map(({ namespace, serviceAccount }) => ({
      namespace,
      name: serviceAccount,
      output: `serviceaccount/${serviceAccount} patched${dryRun ? " (dry run)" : ""}`,
    })),
  };
}
