import { listSecrets } from "../credentials/list.ts";
import type { z } from "@hono/zod-openapi";
import { Secrets, SecretsFailed } from "./answers.ts";
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
    ["test-cluster", "All of them"],
    ["--all-clusters", "Those of all clusters"],
    ["--all-clusters --username bot", "Those that one user is in"],
    ["--cluster 'prod-*' --registry ghcr.io", "Those for one registry, in some clusters"],
  ],
};

const FILTERS =
  "With several of `namespace`, `username`, `registry` and `url_prefix` a secret has to " +
  "match all of them. By `username` or `registry` pull secrets are read to look what they are for; " +
  "their values are not shown. What cannot be judged is not listed but named in `warnings`. ";

export const describe: OperationModule["describe"] = (face) => ({
  about:
    `${face === "seed" ? "" : FILTERS}When the cluster cannot be asked, the status is 500 or ` +
    "above, the lists are empty, and `status` and `message` say why.",
  request: { query: queryOf(face) },
  answers: {
    200: json("What is there", Secrets),
    ...errors({ 400: "Parameter missing, unknown or invalid", 404: "No such cluster" }),
    ...answers(CLUSTER_FAILS, SecretsFailed),
  },
});

/** The seed's own path takes nothing but the cluster. */
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
