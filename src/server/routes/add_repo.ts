import { z } from "@hono/zod-openapi";
import { Envelope, NotAcceptedAnswer, RepoAddedAnswer, SecretsExistAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { repoAnswer } from "../respond/repo.ts";
import { notAccepted } from "../respond/verified.ts";
import { ADD_REPO_FIELDS, AddRepoBody } from "../schemas/repo.ts";
import { writerOf } from "../write_id.ts";
import { REPO_EXAMPLES } from "./examples.ts";
import { errors, json } from "./openapi_content.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: AddRepoBody, examples: REPO_EXAMPLES } },
    },
  },
  responses: {
    200: json("All of them are written", RepoAddedAnswer),
    409: json("Secrets exist, or are not ours", z.union([SecretsExistAnswer, Envelope])),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...errors(WRITE_ERRORS),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const { hints, ...request } = await parseBody(c, AddRepoBody, ADD_REPO_FIELDS);
  const outcome = await useCases.addRepo({ ...request, ...writerOf(c) });
  switch (outcome.kind) {
    case "cluster_not_found":
      return clusterNotFound(outcome, 400);
    case "not_accepted":
      return notAccepted(outcome);
    case "repo":
      return repoAnswer(outcome, argocdNamespace, hints);
  }
};
