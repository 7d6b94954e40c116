import { explainRepositoryUrl } from "../credentials/explain_repository.ts";
import { explainImage } from "../credentials/explain_image.ts";
import { OperationError } from "./errors.ts";
import { ImageExplainedAnswer, RepositoryExplainedAnswer } from "./explain_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule, Place } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { repositoryExplained } from "./respond/explained.ts";
import { imageExplained } from "./respond/explained_image.ts";
import { explainFields as fields, ExplainQuery } from "./schemas/explain.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Which secret Argo CD uses for a repoURL, or kubelet for an image, by the rules of their own " +
    "code, and why not another one: each secret that matches, or nearly does, is listed with the " +
    "reason. An image is that of a pod that names no pull secrets itself, but a service account; " +
    "what its node has besides is tried last. Nothing is changed.",
  examples: [
    ["test-cluster https://github.com/your-org/app.git", "An Application's repoURL"],
    ["test-cluster oci://ghcr.io/your-org/charts --project team-a", "In a project"],
    ["test-cluster --image ghcr.io/your-org/app:1.2 --namespace team-a", "An image of a pod"],
  ],
  args: [{ field: "url", brief: "An Application's repoURL", isOptional: true }],
  letters: { n: "namespace" },
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "With `url`, which secret Argo CD uses: told from one list of its secrets. With `image`, " +
    "which login kubelet takes for a pod that names no pull secrets itself: told from the service " +
    "account, the secrets that it names and, where none of them has one, the namespace's other " +
    "pull secrets. Nobody else is asked, and no value is shown. `findings` are what is wrong with " +
    "the secrets that matter.",
  request: { query: ExplainQuery },
  answers: {
    200: json("What is used, and why", RepositoryExplainedAnswer, ImageExplainedAnswer),
    ...errors({
      400: "Parameter missing, unknown or invalid",
      404: "No such cluster",
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

/** @throws {OperationError} where there is none */
function argocdNamespaceOf(cluster: string, { argocdNamespace, labelsAt }: Place): string {
  if (argocdNamespace !== undefined) return argocdNamespace;
  throw new OperationError("no_argocd", { cluster, labelsAt, field: "cluster" }, { cluster });
}
