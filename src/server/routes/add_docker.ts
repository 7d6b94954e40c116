import { DockerAddedAnswer, NotAcceptedAnswer, SecretsExistAnswer } from "../answers.ts";
import { Envelope, WriteFailed } from "../error_answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";
import { parseBody } from "../parse.ts";
import { dockerAnswer } from "../respond/docker.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { notAccepted } from "../respond/verified.ts";
import { ADD_DOCKER_FIELDS, AddDockerBody } from "../schemas/docker.ts";
import { writerOf } from "../write_id.ts";
import { DOCKER_EXAMPLES } from "./examples.ts";
import { json } from "./openapi_content.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  about:
    "In all the namespaces or in none. Needs `username` and `password`, or `registries`; and " +
    "`namespaces`, `namespace_selector` or `all_namespaces`.",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: AddDockerBody, examples: DOCKER_EXAMPLES } },
    },
  },
  answers: {
    200: json("All of them are written", DockerAddedAnswer),
    409: json("Secrets exist, or are not ours", SecretsExistAnswer, WriteFailed, Envelope),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...ADD_ERRORS,
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
