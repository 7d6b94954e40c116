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
    "-o wide adds the address of the API server, and whether the kubeconfig can be used or why not. " +
    "No cluster is contacted.",
  examples: [
    ["", "List the clusters of ./clusters"],
    ["-o wide", "Also show which kubeconfigs are rejected, and why"],
    ["-o name --server http://localhost:8091", "List the names of a running server's clusters"],
  ],
};

export const otherCommands: Readonly<Record<string, CommandHelp>> = {
  "clusters check": {
    full:
      "Connects to each cluster and checks that it accepts the kubeconfig's credential. Shows the " +
      "versions of Kubernetes and Argo CD, and the user's permissions on secrets, namespaces and " +
      "service accounts. EXPIRES is the expiry of the client certificate or token, if it has one. " +
      "Clock skew is measured with the transport api only. JSON lists each permission. Nothing is " +
      "changed.",
    exitCodes: "0: all clusters are ready, and no permission is missing in Argo CD's namespace; " +
      "1: no cluster is ready; 2: wrong usage; 3: some clusters are ready",
    examples: [
      ["", "Check all clusters"],
      ["--cluster 'prod-*'", "Check clusters by name"],
      ["--selector env=prod", "Check clusters by label"],
      ["-o json", "List each permission"],
    ],
  },
};

const LIMITED = "A token that is limited to some clusters sees only these.";

export const describe: OperationModule["describe"] = (face) =>
  face === "seed"
    ? {
      about: LIMITED,
      answers: {
        200: json("The names, sorted", SeedClusterList),
        ...errors({ 400: "The request has a query parameter; none is allowed" }),
      },
    }
    : {
      about:
        `${LIMITED} Without \`check=true\`, no cluster is contacted. With it, each cluster is queried, some ` +
        "concurrently, each with its own timeout, even if its circuit breaker is open; nothing is changed. " +
        "A cluster that does not answer is not an error: `check` reports it.",
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

/** The response of the first version. */
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
  // These warnings are about all clusters, including those that a limited token may not see.
  const warnings = identity.clusters === undefined ? described.warnings : [];
  const body: ClusterListAnswer = {
    clusters: described.clusters.map((each) => clusterAnswer(each, checked)),
    total: described.clusters.length,
    ...warnings.length === 0 ? {} : { warnings: [...warnings] },
  };
  return { reply: () => ({ status: 200, body }) };
}
