import { isVersion } from "./probe.ts";

/**
 * Selects the deployments of Argo CD: both its manifests and its Helm chart set this label.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.0/manifests/base/server/argocd-server-deployment.yaml
 * @see https://github.com/argoproj/argo-helm/blob/argo-cd-9.1.0/charts/argo-cd/templates/_helpers.tpl argo-cd.labels
 */
export const ARGOCD_SELECTOR = "app.kubernetes.io/part-of=argocd";

export const COMPONENT_LABEL = "app.kubernetes.io/component";
export const VERSION_LABEL = "app.kubernetes.io/version";

/** The parts of an Argo CD deployment that show its version. */
export interface ArgocdDeployment {
  /** `server`, `repo-server`, … */
  readonly component?: string;
  /** The version label, which the Helm chart sets and the plain manifests do not. */
  readonly version?: string;
  readonly images: readonly string[];
}

/**
 * Components that run Argo CD's own image, in order of preference. Argo CD Core has no server, but a
 * repo-server.
 */
const COMPONENTS = ["server", "repo-server", "applicationset-controller"];

/** The version of an Argo CD: the tag of its image, otherwise the version label. */
export function argocdVersionOf(deployments: readonly ArgocdDeployment[]): string | undefined {
  const own = COMPONENTS.flatMap((name) =>
    deployments.filter(({ component }) => component === name)
  );
  const tags = own.flatMap(({ images }) => images).map(tagOf);
  return [...tags, ...own.map(({ version }) => version)].find(isVersion);
}

/** The tag of `quay.io/argoproj/argocd:v3.2.0@sha256:…`; `undefined` for other images, such as sidecars. */
function tagOf(image: string): string | undefined {
  const [name = ""] = image.split("@");
  const [, tag] = /(?:^|\/)argocd(?:-[a-z-]+)?:([^:/]+)$/.exec(name) ?? [];
  return tag;
}
