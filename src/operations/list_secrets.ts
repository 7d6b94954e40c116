import { listSecrets } from "../credentials/list.ts";
import { Secrets } from "./answers.ts";
import { answers, CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { listAnswer } from "./respond/list.ts";
import { secretsFields as fields, SecretsQuery } from "./schemas/queries.ts";

export { fields };

export const command: CommandHelp = {
  examples: [
    ["test-cluster", "All of them"],
    ["--all-clusters", "Those of all clusters"],
  ],
};

export const describe: OperationModule["describe"] = () => ({
  about: "When the cluster cannot be asked, the status is 500 or above, the lists are empty, and " +
    "`status` and `message` say why.",
  request: { query: SecretsQuery },
  answers: {
    200: json("What is there", Secrets),
    ...errors({ 400: "Parameter missing, unknown or invalid", 404: "No such cluster" }),
    ...answers(CLUSTER_FAILS, Secrets),
  },
});

export const take: OperationModule["take"] = ({ query }) => {
  const { cluster } = parseQuery(query, SecretsQuery);
  return {
    cluster,
    async run({ store, settings }) {
      const outcome = await listSecrets(cluster, store, settings);
      return { reply: () => listAnswer(outcome) };
    },
  };
};
