import { mayUseCluster } from "../tokens/rights.ts";
import { ClusterList } from "./answers.ts";
import { errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { NoQuery } from "./schemas/queries.ts";

export const command: CommandHelp = {
  full:
    "Without a server, -o wide shows the API server's address, and whether the kubeconfig can " +
    "be used or why not; no cluster is asked for that.",
  examples: [
    ["", "Those of ./clusters"],
    ["-o wide", "And which kubeconfigs are refused"],
    ["-o name --server http://localhost:8091", "Those of a running server"],
  ],
};

export const describe: OperationModule["describe"] = () => ({
  about: "A token that is for some clusters only is shown those.",
  answers: {
    200: json("The names, sorted", ClusterList),
    ...errors({ 400: "A parameter is given" }),
  },
});

export const take: OperationModule["take"] = ({ query }) => {
  parseQuery(query, NoQuery);
  return {
    async run({ clusters, identity }) {
      const names = (await clusters.names()).filter((each) => mayUseCluster(identity, each));
      return { reply: () => ({ status: 200, body: { clusters: names, total: names.length } }) };
    },
  };
};
