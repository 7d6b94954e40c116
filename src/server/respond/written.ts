import type { WrittenSecret } from "../../credentials/write/verdict.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { ExistingAnswer } from "../answers.ts";

/** `created` or `updated`, in a message; of a dry run what would be. */
export function verbOf(secrets: readonly WrittenSecret[], dryRun: boolean): string {
  const verb = secrets.every(({ action }) => action === "created") ? "created" : "updated";
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
