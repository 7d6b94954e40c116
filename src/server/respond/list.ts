import { HELM_REPO_CREDS, type Listed, type ListFailed } from "../../credentials/list.ts";
import { SECRET_TYPE_LABEL, shownUsername } from "../../credentials/kinds/repository.ts";
import { shownUrl } from "../../credentials/kinds/url.ts";
import type { KubeError } from "../../kube/errors.ts";
import type { SecretSummary } from "../../kube/store.ts";
import type { RepositorySecretAnswer, SecretAnswer, SecretsAnswer } from "../answers.ts";
import type { Answer } from "../answer.ts";
import { retryAfter, STATUS, STATUS_WORD } from "./failed.ts";

export function listAnswer(outcome: Listed | ListFailed): Answer {
  return outcome.kind === "listed" ? listedAnswer(outcome) : listFailedAnswer(outcome);
}

function listedAnswer(listed: Listed): Answer {
  const body: SecretsAnswer = {
    cluster: listed.cluster,
    repo_creds_secrets: listed.repoCreds.map(repositorySecret),
    docker_creds_secrets: listed.docker.map(secretAnswer),
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

export function listMessage(error: KubeError, seconds: number): string {
  switch (error.kind) {
    case "unreachable":
      return "Cannot connect to cluster. Please check if the cluster is running and accessible.";
    case "timeout":
      return `Commands timed out after ${seconds} seconds`;
    default:
      return error.message;
  }
}

export function secretAnswer(summary: SecretSummary): SecretAnswer {
  const { name, namespace, labels, type, creationTimestamp } = summary;
  return { name, namespace, labels, type, creation_timestamp: creationTimestamp };
}

export function repositorySecret(summary: SecretSummary): RepositorySecretAnswer {
  const fields = summary.repository ?? { usernameIsToken: false };
  return {
    ...secretAnswer(summary),
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
