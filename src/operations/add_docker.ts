import {
  addDocker,
  dockerAttempt,
  dockerOutcome,
  dockerPasswords,
} from "../credentials/add_docker.ts";
import { DockerAddedAnswer, SecretsExistAnswer } from "./write_answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { OperationError } from "./errors.ts";
import { dockerExamples } from "./examples.ts";
import { json, taking } from "./openapi/content.ts";
import { clusterField } from "./face.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { dockerAnswer } from "./respond/docker.ts";
import { notAccepted } from "./respond/verified.ts";
import { addDockerBody, dockerFields as fields } from "./schemas/docker.ts";
import { onEach } from "./target.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Writes are all-or-nothing per cluster: if one namespace fails, the others are rolled back.",
  examples: [
    [
      "--cluster test-cluster --name ghcr --username ci --password-stdin --namespaces web,api " +
      "< token",
      "Add a pull secret for ghcr.io to two namespaces",
    ],
    [
      "--cluster a,b --name hub --registry docker.io --username ci --password-file token " +
      "--all-namespaces --exclude-namespaces 'kube-*' --upsert --dry-run server",
      "Show what would change in two clusters",
    ],
  ],
  first: [
    "name",
    "username",
    "password",
    "registry",
    "registries",
    "namespaces",
    "namespace_selector",
    "all_namespaces",
    "exclude_namespaces",
    "create_namespaces",
  ],
  groups: {
    credential: ["name", "registry"],
    where: [
      "namespaces",
      "namespace_selector",
      "all_namespaces",
      "exclude_namespaces",
      "create_namespaces",
    ],
  },
  letters: { n: "namespaces" },
  asks: ({ registry = "ghcr.io" }) => String(registry),
};

export const describe: OperationModule["describe"] = (face) => ({
  about:
    "All-or-nothing per cluster: the secret is written to all the namespaces or to none. Required: " +
    "`username` and `password`, or `registries`; and `namespaces`, `namespace_selector` or " +
    "`all_namespaces`.",
  request: taking(addDockerBody(clusterField(face)), dockerExamples(clusterField(face))),
  answers: {
    200: json("All secrets are written", DockerAddedAnswer),
    409: json(
      "Secrets exist, or are not managed by argocd-configurer",
      SecretsExistAnswer,
      WriteFailed,
      Envelope,
    ),
    ...ADD_ERRORS,
  },
});

export const take: OperationModule["take"] = ({ face, query, body }) => {
  const { registry, target, ...asked } = parseBody(query, body, addDockerBody(clusterField(face)));
  return onEach(target, (cluster) => {
    const request = { ...asked, cluster };
    return {
      cluster,
      refuse({ argocdNamespace, labelsAt }) {
        if (argocdNamespace === undefined) {
          if (!request.gitWriteBack) return;
          throw new OperationError("no_argocd", { cluster, labelsAt, field: "git_write_back" });
        }
        if (!request.namespaces.includes(argocdNamespace)) return;
        const rule = `must not name '${argocdNamespace}': the secret is written there anyway`;
        throw new OperationError("invalid_field", { kind: "field", field: "namespaces", rule });
      },
      attempt: {
        dryRun: request.dryRun,
        tries: request.verify ? request.credentials.length : Number(request.dryRun),
        of: (writer, place) => dockerAttempt({ ...request, ...writer }, place),
        credentials: dockerPasswords(request),
      },
      async run(context) {
        const { writer, settings } = context;
        const added = await addDocker({ ...request, ...writer }, settings, context);
        return {
          outcome: dockerOutcome(added),
          reply() {
            if (added.kind === "not_accepted") throw notAccepted(added, context.face, registry);
            return dockerAnswer(added, settings, context.face, registry);
          },
        };
      },
    };
  });
};
