import { Selection } from "../clusters/selection.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { ClusterList, type ClusterListAnswer, SeedClusterList } from "./cluster_answers.ts";
import { OperationError } from "./errors.ts";
import { errors, json } from "./openapi/content.ts";
import { nearestName } from "./nearest.ts";
import type { CommandHelp, Context, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { clusterAnswer } from "./respond/clusters.ts";
import { clustersFields as fields, ClustersQuery, NoQuery } from "./schemas/queries.ts";

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
  const { clusters, check } = parseQuery(query, ClustersQuery);
  return { run: (context) => listClusters(context, new Selection(clusters), check) };
};

/** As in the first version. */
async function listNames({ clusters, identity }: Context) {
  const names = (await clusters.names()).filter((each) => mayUseCluster(identity, each));
  return { reply: () => ({ status: 200, body: { clusters: names, total: names.length } }) };
}

async function listClusters(
  { clusters, identity, gone }: Context,
  selection: Selection,
  isChecked: boolean,
) {
  const names = (await clusters.names()).filter((each) => mayUseCluster(identity, each));
  checkSelection(selection, names, identity);
  const visible = new Set(names);
  const described = await clusters.describe({
    isVisible: (name) => visible.has(name),
    isMeant: (name) => selection.has(name),
  });
  const usable = described.clusters.filter(({ problem }) => problem === undefined);
  const checked = isChecked
    ? await clusters.check(usable.map(({ name }) => name), gone?.())
    : undefined;
  const { warnings } = described;
  const body: ClusterListAnswer = {
    clusters: described.clusters.map((each) => clusterAnswer(each, checked)),
    total: described.clusters.length,
    ...warnings.length === 0 ? {} : { warnings: [...warnings] },
  };
  return { reply: () => ({ status: 200, body }) };
}

/** @throws {OperationError} of what is not for this token, or matches nothing */
function checkSelection(
  selection: Selection,
  names: readonly string[],
  identity: Identity,
): void {
  const outside = selection.names.find((name) => !mayUseCluster(identity, name));
  if (outside !== undefined) {
    const { name: token, clusters = [] } = identity;
    throw new OperationError("cluster_not_allowed", { token, cluster: outside, clusters });
  }
  const unmatched = selection.without(names)?.replace(/^!/, "");
  if (unmatched === undefined) return;
  const nearest = nearestName(unmatched, names);
  const meant = nearest === undefined ? "" : `; did you mean '${nearest}'?`;
  const rule = unmatched.includes("*")
    ? `must match at least one cluster: '${unmatched}' matches none`
    : `must name existing clusters: there is no '${unmatched}'${meant}`;
  throw new OperationError("invalid_field", { kind: "parameter", field: "clusters", rule });
}
