import { type Deadline, deadlineIn } from "../kube/deadline.ts";
import type { KubeError } from "../kube/errors.ts";
import type { SecretStore, SecretSummary } from "../kube/store.ts";
import {
  type DockerSummary,
  filterDocker,
  filterRepositories,
  filters,
  type SecretFilter,
} from "./list_filter.ts";
import { EXPIRES_ANNOTATION } from "./kinds/expires_annotation.ts";
import { SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import type { NamedSettings } from "./named.ts";
import { fulfilled, type ListIn, listWherePossible, mostSevere, sortedRefs } from "./reads.ts";

export interface ListSettings extends NamedSettings {
  /** Seconds for all reads together. */
  readonly seconds: number;
  /** A secret with any of these labels is a docker secret. */
  readonly dockerLabels: Readonly<Record<string, string>>;
}

export interface Listed {
  readonly kind: "listed";
  readonly cluster: string;
  /** The `annotation` of each secret is its declared expiry. */
  readonly repoCreds: readonly SecretSummary[];
  readonly docker: readonly DockerSummary[];
  readonly helm: readonly SecretSummary[];
  /** Repositories of every type. */
  readonly repositories: readonly SecretSummary[];
  /** What could not be read or compared, in sentences. */
  readonly warnings: readonly string[];
}

export interface ListFailed {
  readonly kind: "failed";
  readonly cluster: string;
  readonly error: KubeError;
  readonly seconds: number;
}

/** A label value of the seed's lists that Argo CD itself ignores. */
export const HELM_REPO_CREDS = "helm-repo-creds";

/** Which secrets to list. */
export interface ListScope extends SecretFilter {
  /** The only namespace to list. @default all */
  readonly namespace?: string;
}

/**
 * Lists the credentials of a cluster without their values: all requests run concurrently under one
 * deadline.
 * @param scope secrets that cannot be compared with the filter are left out and named in a warning
 */
export async function listSecrets(
  cluster: string,
  store: SecretStore,
  settings: ListSettings,
  scope: ListScope = {},
): Promise<Listed | ListFailed> {
  const deadline = deadlineIn(settings.seconds);
  const isFiltered = filters(scope);
  const [argocd, docker] = await Promise.allSettled([
    listArgocd(store, settings, scope, deadline).then((secrets) =>
      isFiltered ? filterRepositories(secrets, scope) : { secrets, warnings: [] }
    ),
    listDocker(store, settings, scope, deadline).then(async (listed) => {
      if (!isFiltered) return listed;
      const { secrets, warnings } = await filterDocker(listed.secrets, scope, store, deadline);
      return { secrets, warnings: [...listed.warnings, ...warnings] };
    }),
  ]);
  if (argocd.status === "rejected" || docker.status === "rejected") {
    return {
      kind: "failed",
      cluster,
      error: mostSevere([argocd, docker]),
      seconds: settings.seconds,
    };
  }
  const ofType = (type: string) =>
    argocd.value.secrets.filter(({ labels }) => labels[SECRET_TYPE_LABEL] === type);
  const repositories = ofType("repository");
  return {
    kind: "listed",
    cluster,
    repoCreds: ofType("repo-creds"),
    docker: docker.value.secrets,
    helm: sortedRefs([
      ...repositories.filter(({ repository }) => repository?.type === "helm"),
      ...ofType(HELM_REPO_CREDS),
    ]),
    repositories,
    warnings: [...docker.value.warnings, ...argocd.value.warnings],
  };
}

async function listArgocd(
  store: SecretStore,
  { argocdNamespace }: ListSettings,
  { namespace = argocdNamespace }: ListScope,
  deadline: Deadline,
): Promise<SecretSummary[]> {
  if (argocdNamespace === undefined || namespace !== argocdNamespace) return [];
  const selector = `${SECRET_TYPE_LABEL} in (repo-creds,repository,${HELM_REPO_CREDS})`;
  const query = { selector, namespace: argocdNamespace, repository: true };
  return sortedRefs(await store.list({ ...query, annotation: EXPIRES_ANNOTATION }, deadline));
}

/** A selector cannot combine labels with OR, so there is one request per label. */
async function listDocker(
  store: SecretStore,
  settings: ListSettings,
  { namespace }: ListScope,
  deadline: Deadline,
): Promise<{ readonly secrets: SecretSummary[]; readonly warnings: string[] }> {
  const reads = await Promise.allSettled(
    dockerSelectors(settings).map((selector) => {
      const query = { selector, annotation: EXPIRES_ANNOTATION };
      const list: ListIn<SecretSummary> = (namespace) =>
        store.list({ ...query, ...(namespace === undefined ? {} : { namespace }) }, deadline);
      return namespace === undefined
        ? listWherePossible(settings.dockerNamespaces, list)
        : list(namespace).then((found) => ({ found, warnings: [] }));
    }),
  );
  if (reads.some(({ status }) => status === "rejected")) throw mostSevere(reads);
  const done = fulfilled(reads);
  return {
    secrets: sortedRefs(done.flatMap(({ found }) => found)),
    warnings: [...new Set(done.flatMap(({ warnings }) => warnings))],
  };
}

/** One selector per docker label. */
export function dockerSelectors({ dockerLabels }: Pick<ListSettings, "dockerLabels">): string[] {
  return Object.entries(dockerLabels).map(([key, value]) => `${key}=${value}`);
}
