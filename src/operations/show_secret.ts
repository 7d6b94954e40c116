import { showSecret } from "../credentials/show_secret.ts";
import { ShownAnswer } from "./answers.ts";
import { Envelope, SeedEnvelope } from "./error_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { Answers, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { shownAnswer } from "./respond/shown.ts";
import { secretFields as fields, SecretQuery } from "./schemas/queries.ts";

/** Of names that are another operation's path at the root. */
const TAKEN: Answers = {
  405: json(
    "That is the path of another operation: `GET /api/v1/secrets/verify` shows the secret of that " +
      "name",
    Envelope,
    SeedEnvelope,
  ),
};

export { fields };

export const command: CommandHelp = {
  full:
    "With a name, what is known of that one secret in each namespace; equal fingerprints there " +
    "are equal values, in all the clusters shown together. They are by the key of the audit log, " +
    "where the setting audit-log names one; else they end with this run, and of a server with that.",
  examples: [
    ["test-cluster my-docker-secret -o wide", "One, and all that is known of it"],
    ["--cluster 'prod-*,test-cluster' my-docker-secret", "Whether it is the same in several"],
  ],
  args: [{ field: "name", brief: "One secret, in all namespaces" }],
  letters: { n: "namespace" },
};

export const describe: OperationModule["describe"] = (face) => ({
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
      ...CLUSTER_FAILS,
    }),
    ...face === "v1" ? {} : TAKEN,
  },
});

export const take: OperationModule["take"] = ({ query, path }) => {
  const request = parseQuery(query, SecretQuery, { name: path.name });
  return {
    cluster: request.cluster,
    async run({ store, fingerprint, settings }) {
      const shown = await showSecret(request, { ...settings, store, fingerprint });
      return { reply: () => shownAnswer(shown) };
    },
  };
};
