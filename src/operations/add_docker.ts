import { addDocker, attemptOf, credentialsOf, outcomeOf } from "../credentials/add_docker.ts";
import { DockerAddedAnswer, NotAcceptedAnswer, SecretsExistAnswer } from "./answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { OperationError } from "./errors.ts";
import { dockerExamples } from "./examples.ts";
import { json } from "./openapi/content.ts";
import { clusterField } from "./face.ts";
import type { OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { dockerAnswer } from "./respond/docker.ts";
import { notAccepted } from "./respond/verified.ts";
import { addDockerBody } from "./schemas/docker.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: OperationModule["describe"] = (face) => ({
  about:
    "In all the namespaces or in none. Needs `username` and `password`, or `registries`; and " +
    "`namespaces`, `namespace_selector` or `all_namespaces`.",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: addDockerBody(clusterField(face)).schema,
          examples: dockerExamples(clusterField(face)),
        },
      },
    },
  },
  answers: {
    200: json("All of them are written", DockerAddedAnswer),
    409: json("Secrets exist, or are not ours", SecretsExistAnswer, WriteFailed, Envelope),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...ADD_ERRORS,
  },
});

export const take: OperationModule["take"] = ({ face, query, body }, settings) => {
  const { schema, fields } = addDockerBody(clusterField(face));
  const { registry, ...request } = parseBody(query, body, schema, fields);
  const { argocdNamespace } = settings;
  if (request.namespaces.includes(argocdNamespace)) {
    const rule = `must not name '${argocdNamespace}': the secret is written there anyway`;
    throw new OperationError("invalid_field", { kind: "field", field: "namespaces", rule });
  }
  return {
    cluster: request.cluster,
    attempt: {
      dryRun: request.dryRun,
      tries: request.verify ? request.credentials.length : Number(request.dryRun),
      of: (writer) => attemptOf({ ...request, ...writer }, settings),
      credentials: credentialsOf(request),
    },
    async run(context) {
      const added = await addDocker({ ...request, ...context.writer }, context.settings, context);
      return {
        outcome: outcomeOf(added),
        reply() {
          if (added.kind === "not_accepted") throw notAccepted(added, registry);
          return dockerAnswer(added, argocdNamespace, registry);
        },
      };
    },
  };
};
