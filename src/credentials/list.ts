import { type Deadline, deadlineIn } from "../kube/deadline.ts";
import { isForbidden, KubeError, type KubeErrorKind } from "../kube/errors.ts";
import { refKey, type SecretStore, type SecretSummary } from "../kube/store.ts";
import {
  type DockerSummary,
  filterDocker,
  filterRepositories,
  filters,
  type SecretFilter,
} from "./list_filter.ts";
import { SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import { listEach, type NamedSettings } from "./named.ts";

export interface ListSettings extends NamedSettings {
  /** Seconds for all reads together. */
  readonly seconds: number;
  /** A secret with any of them is a docker secret. */
  readonly dockerLabels: Readonly<Record<string, string>>;
}

export interface Listed {
  readonly kind: "listed";
  readonly cluster: string;
  readonly repoCreds: readonly SecretSummary[];
  readonly docker: readonly DockerSummary[];
  readonly helm: readonly SecretSummary[];
  /** Repositories of every type. */
  readonly repositories: readonly SecretSummary[];
  /** What could not be seen. */
  readonly warnings: readonly string[];
}

export interface ListFailed {
  readonly kind: "failed";
  readonly cluster: string;
  readonly error: KubeError;
  readonly seconds: number;
}

/** A label that Argo CD itself does not know. */
export const HELM_REPO_CREDS = "helm-repo-creds";

/** When several reads fail, the first of these that one of them had is the answer. */
const SEVERITY: readonly KubeErrorKind[] = [
  "labels_unreadable",
  "invalid_labels",
  "invalid_kubeconfig",
  "kubectl_missing",
  "busy",
  "unreachable",
  "untrusted",
  "timeout",
  "unauthorized",
  "forbidden",
];

/** Of which secrets it is a list. */
export interface ListScope extends SecretFilter {
  /** Only of this one. @default all */
  readonly namespace?: string;
}

/**
 * The credentials of a cluster, read at once under one deadline, without their values.
 * @param scope what could not be judged by it is left out, and told as a warning
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
    return { kind: "failed", cluster, error: worst([argocd, docker]), seconds: settings.seconds };
  }
  const ofType = (type: string) =>
    argocd.value.secrets.filter(({ labels }) => labels[SECRET_TYPE_LABEL] === type);
  const repositories = ofType("repository");
  return {
    kind: "listed",
    cluster,
    repoCreds: ofType("repo-creds"),
    docker: docker.value.secrets,
    helm: sorted([
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
  return sorted(await store.list(query, deadline));
}

interface DockerSecrets {
  readonly secrets: SecretSummary[];
  readonly warnings: string[];
}

/** Labels cannot be OR-ed in one selector: one read for each. */
async function listDocker(
  store: SecretStore,
  settings: ListSettings,
  { namespace }: ListScope,
  deadline: Deadline,
): Promise<DockerSecrets> {
  const labels = Object.entries(settings.dockerLabels).map(([key, value]) => `${key}=${value}`);
  const where = namespace === undefined ? {} : { namespace };
  const reads = await Promise.allSettled(labels.map(async (selector): Promise<DockerSecrets> => {
    try {
      return { secrets: await store.list({ selector, ...where }, deadline), warnings: [] };
    } catch (error) {
      if (!isForbidden(error) || namespace !== undefined) throw error;
      return await listNamespaces(store, selector, settings.dockerNamespaces, deadline);
    }
  }));
  if (reads.some(({ status }) => status === "rejected")) throw worst(reads);
  const done = reads.flatMap((read) => read.status === "fulfilled" ? [read.value] : []);
  const unique = new Map(
    done.flatMap(({ secrets }) => secrets).map((secret) => [refKey(secret), secret]),
  );
  return {
    secrets: sorted([...unique.values()]),
    warnings: [...new Set(done.flatMap(({ warnings }) => warnings))],
  };
}

/** The namespaces that may be listed one by one. @throws {KubeError} when none may be */
async function listNamespaces(
  store: SecretStore,
  selector: string,
  namespaces: readonly string[],
  deadline: Deadline,
): Promise<DockerSecrets> {
  const { reads, seen, secrets } = await listEach(namespaces, { selector }, store, deadline);
  const other = reads.filter((read) => read.status === "rejected" && !isForbidden(read.reason));
  if (other.length > 0 || seen.length === 0) throw worst(reads);
  const hidden = namespaces.filter((namespace) => !seen.includes(namespace));
  const warnings = [
    "The kubeconfig's user may not list secrets in all namespaces: " +
    `docker secrets were looked for in ${seen.join(", ")} only`,
    ...(hidden.length === 0 ? [] : [
      `The kubeconfig's user may not list secrets in ${hidden.join(", ")} either`,
    ]),
  ];
  return { secrets, warnings };
}

/** The most telling failure. @throws one that is no {@link KubeError}: a bug */
function worst(reads: readonly PromiseSettledResult<unknown>[]): KubeError {
  const errors = reads.flatMap((read) => read.status === "rejected" ? [read.reason] : []);
  const rank = (error: KubeError) => {
    const index = SEVERITY.indexOf(error.kind);
    return index === -1 ? SEVERITY.length : index;
  };
  for (const error of errors) if (!(error instanceof KubeError)) throw error;
  return (errors as KubeError[]).sort((a, b) => rank(a) - rank(b))[0]!;
}

function sorted(secrets: readonly SecretSummary[]): SecretSummary[] {
  const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  return [...secrets].sort((a, b) => order(refKey(a), refKey(b)));
}
