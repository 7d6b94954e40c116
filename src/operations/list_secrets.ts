import { listSecrets } from "../credentials/list.ts";
import type { z } from "@hono/zod-openapi";
import { Secrets, SecretsFailed } from "./secret_answers.ts";
import type { Face } from "./face.ts";
import { answers, CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { listAnswer } from "./respond/list.ts";
import { secretsFields as fields, SecretsQuery, SeedSecretsQuery } from "./schemas/queries.ts";
import { onEach, targetOf } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  examples: [
    ["test-cluster", "List the credentials of one cluster"],
    ["--all-clusters", "List the credentials of all clusters"],
    ["--all-clusters --username bot", "List the credentials of one user"],
    [
      "--cluster 'prod-*' --registry ghcr.io",
      "List the pull secrets for one registry, in some clusters",
    ],
  ],
};

const FILTERS =
  "With several of `namespace`, `username`, `registry` and `url_prefix`, a secret must match all of them. " +
  "With `username` or `registry`, pull secrets are read to find out what they are for; their values are " +
  "not shown. Secrets that cannot be read are not listed, but named in `warnings`. ";

export const describe: OperationModule["describe"] = (face) => ({
  about:
    `${face === "seed" ? "" : FILTERS}If the cluster cannot be queried, the status is 500 or ` +
    "above, the lists are empty, and `status` and `message` say why.",
  request: { query: queryOf(face) },
  answers: {
    200: json("The credentials", Secrets),
    ...errors({
      400: "A parameter is missing, unknown or invalid",
      404: "The cluster does not exist",
    }),
    ...answers(CLUSTER_FAILS, SecretsFailed),
  },
});

/** The seed's path takes only the cluster. */
const queryOf = (face: Face) => face === "seed" ? SeedSecretsQuery : SecretsQuery;

export const take: OperationModule["take"] = ({ face, query }) => {
  const asked: z.output<typeof SecretsQuery> = parseQuery(query, queryOf(face));
  const { namespace, username, registry, url_prefix: urlPrefix, ...which } = asked;
  const scope = { namespace, username, registry, urlPrefix };
  return onEach(targetOf(which, "parameter"), (cluster) => ({
    cluster,
    async run({ store, settings }) {
      const outcome = await listSecrets(cluster, store, settings, scope);
      return { reply: () => listAnswer(outcome, face) };
    },
  }));
};
