import { Secrets } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { listAnswer } from "../respond/list.ts";
import { SecretsQuery } from "../schemas/queries.ts";
import { answers, CLUSTER_FAILS, errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "When the cluster cannot be asked, the status is 500 or above, the lists are empty, and " +
    "`status` and `message` say why.",
  request: { query: SecretsQuery },
  answers: {
    200: json("What is there", Secrets),
    ...errors({ 400: "Parameter missing, unknown or invalid", 404: "No such cluster" }),
    ...answers(CLUSTER_FAILS, Secrets),
  },
});

export const handle: Handle = async (c, { useCases }) => {
  const { cluster } = parseQuery(c, SecretsQuery);
  const outcome = await useCases.listSecrets(cluster);
  return outcome.kind === "cluster_not_found" ? clusterNotFound(outcome, 404) : listAnswer(outcome);
};
