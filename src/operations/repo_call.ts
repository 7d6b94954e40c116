import {
  type AddRepo,
  addRepo,
  attemptOf,
  outcomeOf,
  type RepoAdded,
} from "../credentials/add_repo.ts";
import { declaredHints } from "../credentials/expiry/expiry.ts";
import { secretOf } from "../credentials/kinds/repository_credential.ts";
import type { Writer } from "../credentials/writer.ts";
import { OperationError } from "./errors.ts";
import type { Place, Taken } from "./operation.ts";
import type { Reply } from "./reply.ts";
import { notAccepted } from "./respond/verified.ts";
import { onEach, type Target } from "./target.ts";

/**
 * A call that writes a repository's or a template's credential, in whichever words it was asked for.
 * @param field what the request calls its cluster
 * @param hints what the request itself calls for
 * @param reply of what was written; throws for what came to nothing
 */
export function repoCall(
  { target, ...asked }: Omit<AddRepo, keyof Writer | "cluster"> & { readonly target: Target },
  field: "cluster" | "cluster_name",
  hints: readonly string[],
  reply: (added: RepoAdded, place: Place, hints: readonly string[]) => Reply,
): Taken {
  const all = [...hints, ...declaredHints(asked.expires)];
  return onEach(target, (cluster) => {
    const request = { ...asked, cluster };
    return {
      cluster,
      attempt: {
        dryRun: request.dryRun,
        tries: Number(request.verify || request.dryRun),
        of: (writer, place) => attemptOf({ ...request, ...writer }, place),
        credentials: secretOf(request),
      },
      async run(context) {
        const { writer, settings } = context;
        const added = await addRepo({ ...request, ...writer }, settings, context);
        return {
          outcome: outcomeOf(added),
          reply() {
            if (added.kind === "no_argocd") {
              const { labelsAt } = settings;
              throw new OperationError("no_argocd", { cluster, labelsAt, field }, { cluster });
            }
            if (added.kind === "not_accepted") throw notAccepted({ ...added, hints: all });
            return reply(added, settings, all);
          },
        };
      },
    };
  });
}
