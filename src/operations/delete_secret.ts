import { removalAttempt, removalOutcome, removeSecrets } from "../credentials/remove_secrets.ts";
import { RemovedAnswer } from "./write_answers.ts";
import { WriteFailed } from "./error_answers.ts";
import { errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery, refuseBody } from "./parse.ts";
import { removedAnswer } from "./respond/removed.ts";
import { removeFields as fields, removeQuery } from "./schemas/queries.ts";
import { onEach, targetOf } from "./target.ts";
import { WRITE_ERRORS } from "./write_errors.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Deletes are all-or-nothing per cluster: if one namespace fails, the secrets are restored in " +
    "the others.",
  examples: [
    [
      "test-cluster my-docker-secret",
      "Delete a secret from all namespaces that argocd-configurer wrote it to",
    ],
    [
      "my-docker-secret --cluster a,b --namespaces web --yes",
      "Delete a secret from one namespace of two clusters, without a prompt",
    ],
  ],
  args: [{ field: "name", brief: "Name of the secret" }],
  groups: { where: ["namespaces"] },
  letters: { n: "namespaces" },
};

export const describe: OperationModule["describe"] = (face) => ({
  about:
    "All-or-nothing per cluster. Secrets that the same write created with it are deleted, too.",
  request: { query: removeQuery(face) },
  answers: {
    200: json("All secrets are deleted", RemovedAnswer),
    ...WRITE_ERRORS,
    ...errors({ 404: "The secret does not exist" }),
    ...errors({
      400:
        "A parameter is missing, unknown or invalid, the request has a body, or the cluster does not " +
        "exist; nothing is changed",
      409: "A secret is not managed by argocd-configurer, or another tool manages it",
    }, WriteFailed),
  },
});

export const take: OperationModule["take"] = ({ method, face, query, body }) => {
  const schema = removeQuery(face);
  refuseBody(method, body, Object.keys(schema.shape));
  const { dry_run: dryRun, name, namespaces, force, ...which } = parseQuery(query, schema);
  return onEach(targetOf(which, "parameter"), (cluster) => {
    const request = { cluster, name, namespaces, force, dryRun };
    return {
      cluster,
      // The request has no value, so it cannot test one.
      attempt: { dryRun, tries: 0, of: (writer) => removalAttempt({ ...request, ...writer }) },
      async run(context) {
        const { writer, settings } = context;
        const removed = await removeSecrets({ ...request, ...writer }, settings, context);
        return {
          outcome: removalOutcome(removed),
          reply: () => removedAnswer(removed, settings),
        };
      },
    };
  });
};
