import { z } from "@hono/zod-openapi";
import { Envelope, Secrets } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { listAnswer } from "../respond/list.ts";
import { SecretsQuery } from "../schemas/queries.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: { query: SecretsQuery },
  responses: {
    200: json("What is there", Secrets),
    ...errors({
      400: "Parameter missing or invalid",
      403: "A web page of another site asks",
      404: "No such cluster",
      421: "The host name is none that this server answers to",
    }),
    500: json("The kubeconfig cannot be used", z.union([Secrets, Envelope])),
    502: json("The cluster refuses the kubeconfig's credentials or rights", Secrets),
    503: json("The cluster cannot be reached", z.union([Secrets, Envelope])),
    504: json("No answer in time", Secrets),
  },
});

export const handle: Handle = async (c, { useCases }) => {
  const { cluster } = parseQuery(c, SecretsQuery);
  const outcome = await useCases.listSecrets(cluster);
  return outcome.kind === "cluster_not_found" ? clusterNotFound(outcome, 404) : listAnswer(outcome);
};
