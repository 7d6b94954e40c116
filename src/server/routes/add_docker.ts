import { z } from "@hono/zod-openapi";
import { DockerAddedAnswer, Envelope, NotAcceptedAnswer, SecretsExistAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";
import { parseBody } from "../parse.ts";
import { dockerAnswer } from "../respond/docker.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { notAccepted } from "../respond/verified.ts";
import { ADD_DOCKER_FIELDS, AddDockerBody } from "../schemas/docker.ts";
import { writerOf } from "../write_id.ts";
import { DOCKER_EXAMPLES } from "./examples.ts";
import { errors, json } from "./openapi_content.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: AddDockerBody, examples: DOCKER_EXAMPLES } },
    },
  },
  responses: {
    200: json("All of them are written", DockerAddedAnswer),
    409: json("Secrets exist, or are not ours", z.union([SecretsExistAnswer, Envelope])),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...errors(WRITE_ERRORS),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const request = await parseBody(c, AddDockerBody, ADD_DOCKER_FIELDS);
  if (request.namespaces.includes(argocdNamespace)) {
    throw new HttpError(
      400,
      `Field 'namespaces' must not name '${argocdNamespace}': the secret is written there anyway`,
    );
  }
  const outcome = await useCases.addDocker({ ...request, ...writerOf(c) });
  switch (outcome.kind) {
    case "cluster_not_found":
      return clusterNotFound(outcome, 400);
    case "not_accepted":
      return notAccepted(outcome);
    case "docker":
      return dockerAnswer(outcome, argocdNamespace);
  }
};
