import { explainRepositoryUrl } from "../credentials/explain_repository.ts";
import { explainImage } from "../credentials/explain_image.ts";
import { OperationError } from "./errors.ts";
import { ImageExplainedAnswer, RepositoryExplainedAnswer } from "./explain_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { ArgocdLocation, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { repositoryExplained } from "./respond/explained.ts";
import { imageExplained } from "./respond/explained_image.ts";
import { explainFields as fields, ExplainQuery } from "./schemas/explain.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Shows which secret Argo CD uses for a repoURL, or the kubelet for an image, by the rules of their " +
    "source code. Lists each secret that matches or nearly matches, with the reason. For an image, " +
    "the pull secrets are those of the pod's service account, not of the pod itself; credentials on " +
    "the node are tried last. Nothing is changed.",
  examples: [
    ["test-cluster https://github.com/your-org/app.git", "Explain an Application's repoURL"],
    [
      "test-cluster oci://ghcr.io/your-org/charts --project team-a",
      "Explain a repoURL in an Argo CD project",
    ],
    [
      "test-cluster --image ghcr.io/your-org/app:1.2 --namespace team-a",
      "Explain the image of a pod",
    ],
  ],
  args: [{ field: "url", brief: "repoURL of an Application", isOptional: true }],
  letters: { n: "namespace" },
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "With `url`: which secret Argo CD uses, from one list of its secrets. With `image`: which login " +
    "the kubelet uses for a pod that names no pull secrets itself, from the service account, the secrets " +
    "that it names and, if none of them has a login, the other pull secrets of the namespace. No other " +
    "server is contacted, and no value is shown. `findings` are problems of the relevant secrets.",
  request: { query: ExplainQuery },
  answers: {
    200: json("What is used, and why", RepositoryExplainedAnswer, ImageExplainedAnswer),
    ...errors({
      400: "A parameter is missing, unknown or invalid",
      404: "The cluster does not exist",
      422: "With `url`: the cluster has no Argo CD",
      ...CLUSTER_FAILS,
    }),
  },
});

export const take: OperationModule["take"] = ({ query }) => {
  const { cluster, url = "", project = "default", image, ...pod } = parseQuery(query, ExplainQuery);
  if (image !== undefined) {
    const { namespace = "default", service_account: serviceAccount = "default" } = pod;
    return {
      cluster,
      async run({ store, settings: { seconds } }) {
        const asked = { cluster, ...image, namespace, serviceAccount };
        const explained = await explainImage(asked, { store, seconds });
        return { reply: () => imageExplained(explained) };
      },
    };
  }
  return {
    cluster,
    refuse: (place) => void argocdNamespaceOf(cluster, place),
    async run({ store, settings }) {
      const { seconds } = settings;
      const argocdNamespace = argocdNamespaceOf(cluster, settings);
      const asked = { cluster, url, project };
      const explained = await explainRepositoryUrl(asked, { store, seconds, argocdNamespace });
      return { reply: () => repositoryExplained(explained) };
    },
  };
};

/** @throws {OperationError} if the cluster has no Argo CD */
function argocdNamespaceOf(cluster: string, { argocdNamespace, labelsAt }: ArgocdLocation): string {
  if (argocdNamespace !== undefined) return argocdNamespace;
  throw new OperationError("no_argocd", { cluster, labelsAt, field: "cluster" }, { cluster });
}
