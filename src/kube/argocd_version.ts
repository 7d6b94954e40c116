import { isVersion } from "./probe.ts";

/**
 * Deployments of Argo CD, by the labels that its manifests and its Helm chart give them.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.0/manifests/base/server/argocd-server-deployment.yaml
 * @see https://github.com/argoproj/argo-helm/blob/argo-cd-9.1.0/charts/argo-cd/templates/_helpers.tpl argo-cd.labels
 */
export const ARGOCD_SELECTOR = "app.kubernetes.io/part-of=argocd";

export const COMPONENT_LABEL = "app.kubernetes.io/component";
export const VERSION_LABEL = "app.kubernetes.io/version";

/** A deployment of Argo CD, as far as it tells a version. */
export interface ArgocdDeployment {
  /** `server`, `repo-server`, … */
  readonly component?: string;
  /** The label that Helm's chart sets; the plain manifests have none. */
  readonly version?: string;
  readonly images: readonly string[];
}

/** Those that run Argo CD's own image, the best known first; what has no server has a repo-server. */
const COMPONENTS = ["server", "repo-server", "applicationset-controller"];

/** The version of an Argo CD: the tag of its image, else what a label says. */
export function argocdVersionOf(deployments: readonly ArgocdDeployment[]): string | undefined {
  const own = COMPONENTS.flatMap((name) =>
    deployments.filter(({ component }) => component === name)
  );
  const tags = own.flatMap(({ images }) => images).map(tagOf);
  return [...tags, ...own.map(({ version }) => version)].find(isVersion);
}

/** Of `quay.io/argoproj/argocd:v3.2.0@sha256:…`; another image beside it is a sidecar's. */
function tagOf(image: string): string | undefined {
  const [name = ""] = image.split("@");
  const [, tag] = /(?:^|\/)argocd(?:-[a-z-]+)?:([^:/]+)$/.exec(name) ?? [];
  return tag;
}
