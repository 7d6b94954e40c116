import type { ListFailed } from "../../credentials/list.ts";
import type { SecretShown, ShownSecret } from "../../credentials/show_secret.ts";
import { type Answer, envelope } from "../answer.ts";
import { retryAfter, STATUS, STATUS_WORD } from "./failed.ts";
import { listMessage, repositorySecret, secretAnswer } from "./list.ts";

export function shownAnswer(outcome: SecretShown | ListFailed): Answer {
  if (outcome.kind === "failed") {
    const { error, seconds } = outcome;
    const more = { status: STATUS_WORD[error.kind] ?? "error" };
    return {
      ...envelope(STATUS[error.kind], listMessage(error, seconds), more),
      headers: retryAfter(error),
    };
  }
  const { cluster, name, secrets, warnings } = outcome;
  const warned = warnings.length === 0 ? {} : { warnings };
  if (secrets.length === 0) {
    return envelope(404, `Secret '${name}' not found in cluster '${cluster}'`, warned);
  }
  const body = {
    cluster,
    name,
    secrets: secrets.map(shownSecret),
    total: secrets.length,
    ...warned,
    status: "success",
  };
  return { status: 200, body };
}

function shownSecret(shown: ShownSecret) {
  const { secret, repository, credentials, registries } = shown;
  return {
    ...(repository === undefined
      ? secretAnswer(secret)
      : repositorySecret({ ...secret, repository })),
    ...(repository?.project ? { project: repository.project } : {}),
    ...(credentials === undefined ? {} : { credentials }),
    ...(registries === undefined ? {} : { registries }),
    keys: shown.keys,
    fingerprint: shown.fingerprint ?? null,
    immutable: shown.immutable,
    managed: shown.isOurs,
    write: shown.request ?? null,
    owner: shown.owner ?? null,
  };
}
