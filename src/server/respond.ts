import type { DockerAdded } from "../credentials/add_docker.ts";
import type { HelmRepoAdded } from "../credentials/add_helm_repo.ts";
import { HELM_REPO_CREDS, type Listed, type ListFailed } from "../credentials/list.ts";
import { SECRET_TYPE_LABEL, shownUsername } from "../credentials/kinds/repository.ts";
import { shownUrl } from "../credentials/kinds/url.ts";
import type { ClusterNotFound } from "../credentials/stores.ts";
import type { WriteVerdict } from "../credentials/write.ts";
import type { KubeError, KubeErrorKind } from "../kube/errors.ts";
import { refKey, type SecretSummary, type StoredSecret } from "../kube/store.ts";
import type {
  ExistingAnswer,
  RepositorySecretAnswer,
  SecretAnswer,
  SecretsAnswer,
} from "./answers.ts";
import { type Answer, envelope } from "./answer.ts";
import { refusalAnswer } from "./refusals.ts";

/** The status of each kind of failure. */
const STATUS: Readonly<Record<KubeErrorKind, number>> = {
  unreachable: 503,
  untrusted: 502,
  timeout: 504,
  unauthorized: 502,
  forbidden: 502,
  not_found: 502,
  namespace_not_found: 400,
  namespace_terminating: 400,
  exists: 409,
  conflict: 409,
  invalid: 400,
  invalid_kubeconfig: 500,
  kubectl_missing: 503,
  busy: 503,
  too_large: 502,
  failed: 502,
  not_recorded: 503,
  internal: 500,
};

/** What `status` says in the body; other failures are `error`. */
const STATUS_WORD: Readonly<Partial<Record<KubeErrorKind, SecretsAnswer["status"]>>> = {
  unreachable: "cluster_unreachable",
  timeout: "timeout",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  invalid_kubeconfig: "invalid_kubeconfig",
};

export function clusterNotFound({ cluster, file }: ClusterNotFound, status: 400 | 404): Answer {
  return envelope(status, `Cluster '${cluster}' not found. No kubeconfig file at ${file}`);
}

export function listAnswer(outcome: Listed | ListFailed): Answer {
  return outcome.kind === "listed" ? listedAnswer(outcome) : listFailedAnswer(outcome);
}

function listedAnswer(listed: Listed): Answer {
  const body: SecretsAnswer = {
    cluster: listed.cluster,
    repo_creds_secrets: listed.repoCreds.map(repositorySecret),
    docker_creds_secrets: listed.docker.map(secret),
    helm_creds_secrets: listed.helm.map(repositorySecret),
    repository_secrets: listed.repositories.map(repositorySecret),
    total_repo_creds: listed.repoCreds.length,
    total_docker_creds: listed.docker.length,
    total_helm_creds: listed.helm.length,
    status: "success",
    ...(listed.warnings.length === 0 ? {} : { warnings: [...listed.warnings] }),
  };
  return { status: 200, body };
}

function listFailedAnswer({ cluster, error, seconds }: ListFailed): Answer {
  const body: SecretsAnswer = {
    cluster,
    repo_creds_secrets: [],
    docker_creds_secrets: [],
    helm_creds_secrets: [],
    repository_secrets: [],
    total_repo_creds: 0,
    total_docker_creds: 0,
    total_helm_creds: 0,
    status: STATUS_WORD[error.kind] ?? "error",
    message: listMessage(error, seconds),
    // The message of the one that is not asked has to be the usual one.
    ...(error.kind === "unreachable" && error.place.asked === false
      ? { warnings: [error.message] }
      : {}),
  };
  return { status: STATUS[error.kind], body, headers: retryAfter(error) };
}

function listMessage(error: KubeError, seconds: number): string {
  switch (error.kind) {
    case "unreachable":
      return "Cannot connect to cluster. Please check if the cluster is running and accessible.";
    case "timeout":
      return `Commands timed out after ${seconds} seconds`;
    default:
      return error.message;
  }
}

function secret(summary: SecretSummary): SecretAnswer {
  const { name, namespace, labels, type, creationTimestamp } = summary;
  return { name, namespace, labels, type, creation_timestamp: creationTimestamp };
}

function repositorySecret(summary: SecretSummary): RepositorySecretAnswer {
  const fields = summary.repository ?? { usernameIsToken: false };
  return {
    ...secret(summary),
    repository_url: shownUrl(fields.url ?? ""),
    repository_name: fields.name ?? "",
    repository_type: fields.type || "git",
    username: shownUsername(fields) ?? "",
    enable_oci: /^(1|t|T|TRUE|true|True)$/.test(fields.enableOCI ?? ""),
    ...(summary.labels[SECRET_TYPE_LABEL] === HELM_REPO_CREDS
      ? { note: "Argo CD itself does not know the secret type 'helm-repo-creds' and ignores it" }
      : {}),
  };
}

export function dockerAnswer(added: DockerAdded, argocdNamespace: string): Answer {
  const { cluster, name, namespaces, verdict } = added;
  if (verdict.kind === "refused") {
    const targets = (namespace: string) =>
      [...verdict.current.values()].find((each) => each.namespace === namespace);
    return refusalAnswer(verdict.refusals, argocdNamespace) ?? dockerExists(namespaces, targets);
  }
  if (verdict.kind !== "written") {
    const results = "secrets" in verdict ? verdict.secrets.map(failedResult) : [];
    return failedAnswer(verdict, { cluster, name, results });
  }
  const results = verdict.secrets.map(({ namespace, name, action }) => ({
    namespace,
    result: { success: true, namespace, output: `secret/${name} ${action}` },
  }));
  const message = `Docker registry secrets ${verbOf(verdict.secrets)} successfully in ` +
    `${namespaces.length} namespace(s)`;
  return { status: 200, body: { success: true, cluster, name, namespaces, results, message } };
}

function dockerExists(
  namespaces: readonly string[],
  existingIn: (namespace: string) => StoredSecret | undefined,
): Answer {
  const held = namespaces.filter((namespace) => existingIn(namespace) !== undefined);
  const existing_secrets = Object.fromEntries(
    namespaces.map((namespace) => [namespace, existing(existingIn(namespace))]),
  );
  const message = `Secrets already exist in namespaces: ${held.join(", ")}`;
  return { status: 409, body: { error: true, message, existing_secrets, upsert_required: true } };
}

function existing(found: StoredSecret | undefined): ExistingAnswer {
  if (found === undefined) return { exists: false, description: {} };
  const { name, namespace, type, labels } = found;
  return { exists: true, description: { name, namespace, type, labels } };
}

export function helmRepoAnswer(added: HelmRepoAdded, argocdNamespace: string): Answer {
  const { cluster, name, spelledUrl, url, verdict } = added;
  if (verdict.kind === "refused") {
    const held = [...verdict.current.values()][0];
    const message = "Helm repository secret already exists";
    const body = { error: true, message, existing_secret: existing(held), upsert_required: true };
    return refusalAnswer(verdict.refusals, argocdNamespace) ?? { status: 409, body };
  }
  if (verdict.kind !== "written") {
    const results = "secrets" in verdict ? verdict.secrets.map(failedResult) : [];
    return failedAnswer(verdict, { cluster, name, results });
  }
  const [repository, template] = verdict.secrets;
  const { namespace } = repository!;
  const output = `secret/${repository!.name} ${repository!.action}`;
  const hints = [...url.hints, ...verdict.hints];
  const body = {
    success: true,
    cluster,
    secret_name: repository!.name,
    repository_url: spelledUrl,
    helm_secret_applied: { success: true, namespace, output },
    ...(template ? { template: template.name } : {}),
    application_repo_url: url.applicationRepoUrl,
    ...(hints.length > 0 ? { hint: hints.join(". ") } : {}),
    message: `Helm repository secret ${verbOf([repository!])} successfully`,
  };
  return { status: 200, body };
}

function verbOf(secrets: readonly { action: "created" | "replaced" | "unchanged" }[]): string {
  return secrets.every(({ action }) => action === "created") ? "created" : "updated";
}

function failedResult({ namespace, name, why }: { namespace: string; name: string; why: string }) {
  return { namespace, result: { success: false, namespace, error: `secret/${name}: ${why}` } };
}

/** A write that came to nothing; what is not as before is named exactly. */
function failedAnswer(
  verdict: Extract<WriteVerdict, { kind: "unable" | "failed" }>,
  about: object,
): Answer {
  const { error } = verdict;
  const status = STATUS[error.kind];
  const word = STATUS_WORD[error.kind];
  const tells = word === "unauthorized" || word === "forbidden" || word === "invalid_kubeconfig";
  const more = tells ? { status: word } : {};
  const headers = retryAfter(error);
  if (verdict.kind === "unable") return { ...envelope(status, error.message, more), headers };
  const { notRestored } = verdict;
  const state = notRestored.length === 0 ? { rolled_back: true } : {
    not_restored: notRestored.map(({ namespace, name, state }) => ({ namespace, name, state })),
  };
  const after = notRestored.length === 0
    ? "nothing was changed"
    : `not as before: ${notRestored.map(refKey).join(", ")}`;
  const message = `${error.message}; ${after}`;
  return { ...envelope(status, message, { ...more, ...about, ...state }), headers };
}

function retryAfter({ place }: KubeError): Record<string, string> {
  return place.retryAfter === undefined ? {} : { "Retry-After": String(place.retryAfter) };
}
