import {
  type AddRepo,
  addRepo,
  type AddRepoResult,
  repoAttempt,
  repoOutcome,
} from "../credentials/add_repo.ts";
import { declaredHints } from "../credentials/expiry/expiry.ts";
import { secretOf } from "../credentials/kinds/repository_credential.ts";
import type { Writer } from "../credentials/writer.ts";
import { OperationError } from "./errors.ts";
import type { Face } from "./face.ts";
import type { ArgocdLocation, ParsedCall } from "./operation.ts";
import type { Reply } from "./reply.ts";
import { notAccepted } from "./respond/verified.ts";
import { onEach, type Target } from "./target.ts";

/**
 * A call that writes the credential of a repository or a template, for both forms of the request.
 * @param field the name of the field for the cluster
 * @param hints those that follow from the request itself
 * @param reply builds the response; throws if the write failed
 */
export function repoCall(
  { target, ...asked }: Omit<AddRepo, keyof Writer | "cluster"> & { readonly target: Target },
  field: "cluster" | "cluster_name",
  hints: readonly string[],
  reply: (
    added: AddRepoResult,
    place: ArgocdLocation,
    face: Face,
    hints: readonly string[],
  ) => Reply,
): ParsedCall {
  const all = [...hints, ...declaredHints(asked.expires)];
  return onEach(target, (cluster) => {
    const request = { ...asked, cluster };
    return {
      cluster,
      attempt: {
        dryRun: request.dryRun,
        tries: Number(request.verify || request.dryRun),
        of: (writer, place) => repoAttempt({ ...request, ...writer }, place),
        credentials: secretOf(request),
      },
      async run(context) {
        const { writer, settings } = context;
        const added = await addRepo({ ...request, ...writer }, settings, context);
        return {
          outcome: repoOutcome(added),
          reply() {
            if (added.kind === "no_argocd") {
              const { labelsAt } = settings;
              throw new OperationError("no_argocd", { cluster, labelsAt, field }, { cluster });
            }
            if (added.kind === "not_accepted") {
              throw notAccepted({ ...added, hints: all }, context.face);
            }
            return reply(added, settings, context.face, all);
          },
        };
      },
    };
  }, { byArgocd: true });
}
