import { RemovedAnswer } from "../answers.ts";
import { WriteFailed } from "../error_answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery, refuseBody } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { removedAnswer } from "../respond/removed.ts";
import { RemoveQuery } from "../schemas/queries.ts";
import { writerOf } from "../write_id.ts";
import { errors, json } from "./openapi_content.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "In all the namespaces or in none; what the same write made beside it goes with it.",
  request: { query: RemoveQuery },
  answers: {
    200: json("All of them are deleted", RemovedAnswer),
    ...WRITE_ERRORS,
    ...errors({ 404: "There is no such secret" }),
    ...errors({
      400:
        "Parameter missing, unknown or invalid, there is a body, or no such cluster; nothing is " +
        "changed",
      409: "A secret is not ours, or another program looks after it",
    }, WriteFailed),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  await refuseBody(c, Object.keys(RemoveQuery.shape));
  const { dry_run: dryRun, ...query } = parseQuery(c, RemoveQuery);
  const outcome = await useCases.removeSecrets({ ...query, dryRun, ...writerOf(c) });
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 400)
    : removedAnswer(outcome, argocdNamespace);
};
