import { Envelope, ShownAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { shownAnswer } from "../respond/shown.ts";
import { SecretQuery } from "../schemas/queries.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: {
    params: SecretQuery.pick({ name: true }),
    query: SecretQuery.omit({ name: true }),
  },
  responses: {
    200: json("What is there, without its values", ShownAnswer),
    ...errors({
      400: "Parameter missing or invalid",
      403: "A web page of another site asks",
      404: "No such cluster, or no such secret in it",
      421: "The host name is none that this server answers to",
    }),
    500: json("The kubeconfig cannot be used", Envelope),
    502: json("The cluster refuses the kubeconfig's credentials or rights", Envelope),
    503: json("The cluster cannot be reached", Envelope),
    504: json("No answer in time", Envelope),
  },
});

export const handle: Handle = async (c, { useCases }) => {
  const request = parseQuery(c, SecretQuery, { name: c.req.param("name") });
  const outcome = await useCases.showSecret(request);
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 404)
    : shownAnswer(outcome);
};
