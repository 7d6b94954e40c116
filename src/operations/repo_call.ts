import {
  type AddRepo,
  addRepo,
  attemptOf,
  outcomeOf,
  type RepoAdded,
} from "../credentials/add_repo.ts";
import { secretOf } from "../credentials/kinds/repository_credential.ts";
import type { Writer } from "../credentials/writer.ts";
import type { OperationSettings, Taken } from "./operation.ts";
import type { Reply } from "./reply.ts";
import { notAccepted } from "./respond/verified.ts";

/**
 * A call that writes a repository's or a template's credential, in whichever words it was asked for.
 * @param hints what the request itself calls for
 * @param reply of what was written; throws for what came to nothing
 */
export function repoCall(
  request: Omit<AddRepo, keyof Writer>,
  settings: Pick<OperationSettings, "argocdNamespace">,
  hints: readonly string[],
  reply: (added: RepoAdded) => Reply,
): Taken {
  return {
    cluster: request.cluster,
    attempt: {
      dryRun: request.dryRun,
      tries: Number(request.verify || request.dryRun),
      of: (writer) => attemptOf({ ...request, ...writer }, settings),
      credentials: secretOf(request),
    },
    async run(context) {
      const added = await addRepo({ ...request, ...context.writer }, context.settings, context);
      return {
        outcome: outcomeOf(added),
        reply() {
          if (added.kind === "not_accepted") throw notAccepted({ ...added, hints });
          return reply(added);
        },
      };
    },
  };
}
