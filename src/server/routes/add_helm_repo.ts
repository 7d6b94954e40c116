import { z } from "@hono/zod-openapi";
import { Envelope, HelmRepoAddedAnswer, HelmRepoExistsAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { clusterNotFound, helmRepoAnswer } from "../respond.ts";
import { ADD_HELM_REPO_FIELDS, AddHelmRepoBody } from "../schemas.ts";
import { writerOf } from "../write_id.ts";
import { errors, json } from "./openapi_content.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: {
    body: { required: true, content: { "application/json": { schema: AddHelmRepoBody } } },
  },
  responses: {
    200: json("It is written", HelmRepoAddedAnswer),
    409: json("The secret exists, or is not ours", z.union([HelmRepoExistsAnswer, Envelope])),
    ...errors(WRITE_ERRORS),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const body = await parseBody(c, AddHelmRepoBody, ADD_HELM_REPO_FIELDS);
  const { cluster_name: cluster, repository, ...rest } = body;
  const { spelled: spelledUrl, url } = repository;
  const request = { ...rest, cluster, spelledUrl, url, ...writerOf(c) };
  const outcome = await useCases.addHelmRepo(request);
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 400)
    : helmRepoAnswer(outcome, argocdNamespace);
};
