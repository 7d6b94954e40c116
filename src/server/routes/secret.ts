import { ShownAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { shownAnswer } from "../respond/shown.ts";
import { SecretQuery } from "../schemas/queries.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "The secrets of that name in all namespaces, or in `namespace`.",
  request: {
    params: SecretQuery.pick({ name: true }),
    query: SecretQuery.omit({ name: true }),
  },
  answers: {
    200: json("What is there, without its values", ShownAnswer),
    ...errors({
      400: "Parameter missing, unknown or invalid",
      404: "No such cluster, or no such secret in it",
      405: "That is the path of another endpoint: a secret called `verify` cannot be shown",
      ...CLUSTER_FAILS,
    }),
  },
});

export const handle: Handle = async (c, { useCases }) => {
  const request = parseQuery(c, SecretQuery, { name: c.req.param("name") });
  const outcome = await useCases.showSecret(request);
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 404)
    : shownAnswer(outcome);
};
