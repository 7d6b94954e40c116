import { declaredTime } from "../../credentials/expiry/expiry.ts";
import { HELM_REPO_CREDS, type Listed, type ListFailed } from "../../credentials/list.ts";
import type { DockerSummary } from "../../credentials/list_filter.ts";
import { shownUsername } from "../../credentials/kinds/password.ts";
import { SECRET_TYPE_LABEL } from "../../credentials/kinds/repository_credential.ts";
import { shownUrl } from "../../credentials/kinds/url.ts";
import type { SecretSummary } from "../../kube/store.ts";
import type {
  DockerSecretAnswer,
  RepositorySecretAnswer,
  SecretAnswer,
  SecretsAnswer,
} from "../secret_answers.ts";
import { readFailed, statusWord } from "../cluster_errors.ts";
import type { OperationError } from "../errors.ts";
import type { Face } from "../face.ts";
import type { Json } from "../reply.ts";

/** @throws {OperationError} when the cluster could not be read */
export function listAnswer(outcome: Listed | ListFailed, face: Face): Json {
  if (outcome.kind === "failed") throw listFailed(outcome);
  return listedAnswer(outcome, face);
}

function listedAnswer(listed: Listed, face: Face): Json {
  const withExpiry = <Summary extends SecretSummary, Answer>(of: (secret: Summary) => Answer) =>
  (
    secret: Summary,
  ) => ({ ...of(secret), ...(face === "v1" ? declaredField(secret) : {}) });
  const repository = withExpiry(repositorySecret);
  const body: SecretsAnswer = {
    cluster: listed.cluster,
    repo_creds_secrets: listed.repoCreds.map(repository),
    docker_creds_secrets: listed.docker.map(withExpiry(dockerSecret)),
    helm_creds_secrets: listed.helm.map(repository),
    repository_secrets: listed.repositories.map(repository),
    total_repo_creds: listed.repoCreds.length,
    total_docker_creds: listed.docker.length,
    total_helm_creds: listed.helm.length,
    status: "success",
    ...(listed.warnings.length === 0 ? {} : { warnings: [...listed.warnings] }),
  };
  return { status: 200, body };
}

/** The declared expiry; a list does not read values. */
function declaredField({ annotation = "" }: SecretSummary) {
  const at = declaredTime(annotation);
  return at === undefined ? {} : { expires: { at, source: "declared" as const } };
}

/** An empty list with the reason: no error looks like an empty success. */
function listFailed({ cluster, error, seconds }: ListFailed): OperationError {
  const lists = {
    cluster,
    repo_creds_secrets: [],
    docker_creds_secrets: [],
    helm_creds_secrets: [],
    repository_secrets: [],
    total_repo_creds: 0,
    total_docker_creds: 0,
    total_helm_creds: 0,
    status: statusWord(error),
  };
  // The seed requires the usual message, also for a cluster that was not contacted.
  const warned = error.kind === "unreachable" && error.details.sent === false
    ? { warnings: [error.message] }
    : {};
  return readFailed(error, seconds, {
    body: { ...lists, ...warned },
    seedBody: (message): SecretsAnswer => ({ ...lists, message, ...warned }),
  });
}

/** With the registries, if they were read. */
function dockerSecret(summary: DockerSummary): DockerSecretAnswer {
  const { registries } = summary;
  return {
    ...secretAnswer(summary),
    ...(registries === undefined ? {} : { registries: [...registries] }),
  };
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
