import type { RemoveSecretsResult } from "../../credentials/remove_secrets.ts";
import { plural } from "../../text/plural.ts";
import { writeFailed } from "../cluster_errors.ts";
import { OperationError } from "../errors.ts";
import { refusedError } from "../refusal_errors.ts";
import type { ArgocdLocation } from "../operation.ts";
import type { Json } from "../reply.ts";
import { patched } from "./written.ts";

/** @throws {OperationError} when nothing was deleted */
export function removedAnswer(removed: RemoveSecretsResult, place: ArgocdLocation): Json {
  const { cluster, name, verdict, absent, warnings } = removed;
  const warned = warnings.length === 0 ? {} : { warnings };
  switch (verdict.kind) {
    case "not_there":
      throw new OperationError(
        "secret_not_found",
        { name, cluster, namespaces: absent, for: "delete" },
        { body: warned },
      );
    case "refused":
      throw refusedError(verdict, { ...place, by: "query" });
    case "unable":
    case "failed":
      throw writeFailed(verdict, removed);
    case "removed": {
      const { secrets, detached, dryRun = false } = verdict;
      const tried = dryRun ? " (dry run)" : "";
      const body = {
        success: true,
        cluster,
        name,
        deleted: secrets.map(({ namespace, name }) => ({
          namespace,
          name,
          output: `secret/${name} deleted${tried}`,
        })),
        ...patched(detached, dryRun),
        ...(absent.length === 0 ? {} : { not_found: absent }),
        ...warned,
        ...(dryRun ? { dry_run: true } : {}),
        message: `${plural(secrets.length, "secret")} ${dryRun ? "would be deleted" : "deleted"}`,
      };
      return { status: 200, body };
    }
  }
}
