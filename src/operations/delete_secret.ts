import { attemptOf, outcomeOf, removeSecrets } from "../credentials/remove_secrets.ts";
import { RemovedAnswer } from "./answers.ts";
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
  full: "In each cluster it is deleted from all the namespaces or from none.",
  examples: [
    ["test-cluster my-docker-secret", "From all namespaces that it was written to"],
    ["my-docker-secret --cluster a,b --namespaces web --yes", "From one, of two clusters"],
  ],
  args: [{ field: "name", brief: "The secret's name" }],
  groups: { where: ["namespaces"] },
  letters: { n: "namespaces" },
};

export const describe: OperationModule["describe"] = (face) => ({
  about: "In all the namespaces or in none; what the same write made beside it goes with it.",
  request: { query: removeQuery(face) },
  answers: {
    200: json("All of them are deleted", RemovedAnswer),
    ...WRITE_ERRORS,
    ...errors({ 404: "There is no such secret" }),
    ...errors({
      400:
        "Parameter missing, unknown or invalid, there is a body, or no such cluster; nothing is " +
        "changed",
      409: "A secret is not ours, or another program looks after it",
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
      // No value is given, so none is tried.
      attempt: { dryRun, tries: 0, of: (writer) => attemptOf({ ...request, ...writer }) },
      async run(context) {
        const { writer, settings } = context;
        const removed = await removeSecrets({ ...request, ...writer }, settings, context);
        return {
          outcome: outcomeOf(removed),
          reply: () => removedAnswer(removed, settings),
        };
      },
    };
  });
};
