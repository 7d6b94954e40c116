import { mayUseCluster } from "../tokens/rights.ts";
import { meantClusters } from "./choose_clusters.ts";
import { ClusterList, type ClusterListAnswer, SeedClusterList } from "./cluster_answers.ts";
import { errors, json } from "./openapi/content.ts";
import type { AskedSelection, CommandHelp, Context, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { clusterAnswer } from "./respond/clusters.ts";
import { clustersFields as fields, ClustersQuery, NoQuery } from "./schemas/queries.ts";
import { askedSelection } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "-o wide shows the API server's address, and whether the kubeconfig can be used or why not; " +
    "no cluster is asked for that.",
  examples: [
    ["", "Those of ./clusters"],
    ["-o wide", "And which kubeconfigs are refused"],
    ["-o name --server http://localhost:8091", "Those of a running server"],
  ],
};

export const otherCommands: Readonly<Record<string, CommandHelp>> = {
  "clusters check": {
    full: "Asks each cluster whether it answers and accepts the kubeconfig's credential, for its " +
      "version and Argo CD's, and what the kubeconfig's user may do with secrets, namespaces and " +
      "service accounts. Nothing is changed. EXPIRES is the end of the client certificate or of " +
      "the token, where it says one; clocks are compared with the transport api only. JSON has " +
      "the rights one by one.",
    exitCodes: "0: all clusters answer, and no right is missing in Argo CD's namespace; " +
      "1: no cluster is like this; 2: wrong usage; 3: only some are.",
    examples: [
      ["", "All of them"],
      ["--cluster 'prod-*'", "Some"],
      ["--selector env=prod", "Those with a label"],
      ["-o json", "With the rights one by one"],
    ],
  },
};

const LIMITED = "A token that is for some clusters only is shown those.";

export const describe: OperationModule["describe"] = (face) =>
  face === "seed"
    ? {
      about: LIMITED,
      answers: {
        200: json("The names, sorted", SeedClusterList),
        ...errors({ 400: "A parameter is given" }),
      },
    }
    : {
      about:
        `${LIMITED} Without \`check=true\` no cluster is asked. With it each one is, some at ` +
        "once and each within the time that a request to it has, also one that is left alone " +
        "because it has not answered; nothing is changed there. That a cluster does not answer is " +
        "no error: `check` says so.",
      request: { query: ClustersQuery },
      answers: {
        200: json("The clusters, sorted by name", ClusterList),
        ...errors({ 400: "A parameter is unknown or invalid, or a cluster does not exist" }),
      },
    };

export const take: OperationModule["take"] = ({ query, face }) => {
  if (face === "seed") {
    parseQuery(query, NoQuery);
    return { run: listNames };
  }
  const { check, ...selected } = parseQuery(query, ClustersQuery);
  const selection = askedSelection(selected, "parameter");
  return { run: (context) => listClusters(context, selection, check) };
};

/** As in the first version. */
async function listNames({ clusters, identity }: Context) {
  const names = (await clusters.names()).filter((each) => mayUseCluster(identity, each));
  return { reply: () => ({ status: 200, body: { clusters: names, total: names.length } }) };
}

async function listClusters(
  { clusters, identity, gone }: Context,
  selection: AskedSelection,
  isChecked: boolean,
) {
  const names = await meantClusters(selection, identity, clusters, true);
  const visible = new Set(names.visible);
  const meant = new Set(names.meant);
  const described = await clusters.describe({
    isVisible: (name) => visible.has(name),
    isMeant: (name) => meant.has(name),
  });
  const usable = described.clusters.filter(({ problem }) => problem === undefined);
  const checked = isChecked
    ? await clusters.check(usable.map(({ name }) => name), gone?.())
    : undefined;
  // What the sources say is about all clusters, also those that a limited token is not shown.
  const warnings = identity.clusters === undefined ? described.warnings : [];
  const body: ClusterListAnswer = {
    clusters: described.clusters.map((each) => clusterAnswer(each, checked)),
    total: described.clusters.length,
    ...warnings.length === 0 ? {} : { warnings: [...warnings] },
  };
  return { reply: () => ({ status: 200, body }) };
}
