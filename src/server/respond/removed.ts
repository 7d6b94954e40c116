import type { SecretsRemoved } from "../../credentials/remove_secrets.ts";
import { type Answer, envelope } from "../answer.ts";
import { failedAnswer, failedResult } from "./failed.ts";
import { refusalAnswer } from "./refusals.ts";

export function removedAnswer(removed: SecretsRemoved, argocdNamespace: string): Answer {
  const { cluster, name, verdict, absent, warnings } = removed;
  const warned = warnings.length === 0 ? {} : { warnings };
  switch (verdict.kind) {
    case "not_there": {
      const where = absent.length === 0
        ? "was not written by this program to any namespace that can be seen"
        : `does not exist in ${absent.join(", ")}`;
      return envelope(404, `Secret '${name}' ${where}`, warned);
    }
    case "refused":
      return refusalAnswer(verdict.refusals, argocdNamespace, "delete") ?? envelope(409, "Refused");
    case "unable":
      return failedAnswer(verdict, { cluster, name });
    case "failed":
      return failedAnswer(verdict, { cluster, name, results: verdict.secrets.map(failedResult) });
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
        ...(detached.length === 0 ? {} : {
          service_accounts: detached.map(({ namespace, serviceAccount }) => ({
            namespace,
            name: serviceAccount,
            output: `serviceaccount/${serviceAccount} patched${tried}`,
          })),
        }),
        ...(absent.length === 0 ? {} : { not_found: absent }),
        ...warned,
        ...(dryRun ? { dry_run: true } : {}),
        message: `${secrets.length} secret(s) ${dryRun ? "would be deleted" : "deleted"}`,
      };
      return { status: 200, body };
    }
  }
}
