import { z } from "@hono/zod-openapi";
import { DockerAddedAnswer, DockerExistsAnswer, Envelope } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";
import { parseBody } from "../parse.ts";
import { clusterNotFound, dockerAnswer } from "../respond.ts";
import { AddDockerBody } from "../schemas.ts";
import { writerOf } from "../write_id.ts";
import { errors, json } from "./openapi_content.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

const FIELDS = Object.keys(AddDockerBody.shape);

export const describe: EndpointModule["describe"] = () => ({
  request: {
    body: { required: true, content: { "application/json": { schema: AddDockerBody } } },
  },
  responses: {
    200: json("All of them are written", DockerAddedAnswer),
    409: json("Secrets exist, or are not ours", z.union([DockerExistsAnswer, Envelope])),
    ...errors(WRITE_ERRORS),
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const body = await parseBody(c, AddDockerBody, FIELDS);
  if (body.namespaces.includes(argocdNamespace)) {
    throw new HttpError(
      400,
      `Field 'namespaces' must not name '${argocdNamespace}': the secret is written there anyway`,
    );
  }
  const { cluster_name: cluster, git_write_back: gitWriteBack, ...rest } = body;
  const request = { ...rest, cluster, gitWriteBack, ...writerOf(c) };
  const outcome = await useCases.addDocker(request);
  return outcome.kind === "cluster_not_found"
    ? clusterNotFound(outcome, 400)
    : dockerAnswer(outcome, argocdNamespace);
};
