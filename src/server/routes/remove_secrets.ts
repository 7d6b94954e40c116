import { RemovedAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { removedAnswer } from "../respond/removed.ts";
import { RemoveQuery } from "../schemas/queries.ts";
import { writerOf } from "../write_id.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: { query: RemoveQuery },
  responses: {
    200: json("All of them are deleted", RemovedAnswer),
    ...errors({
      400: "Parameter missing or invalid, or no such cluster",
      403: "A web page of another site asks",
      404: "There is no such secret",
      409: "A secret is not ours, or another program looks after it",
      421: "The host name is none that this server answers to",
      500: "The kubeconfig cannot be used",
      502: "The cluster refuses the kubeconfig's credentials or rights",
      503: "The cluster cannot be reached, or the audit log cannot be written",
      504: "No answer in time",
    }),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const { dry_run: dryRun, ...query } = parseQuery(c, RemoveQuery);
  const outcome = await useCases.removeSecrets({ ...query, dryRun, ...writerOf(c) });
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 400)
    : removedAnswer(outcome, argocdNamespace);
};
