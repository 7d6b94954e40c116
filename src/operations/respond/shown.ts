import type { ListFailed } from "../../credentials/list.ts";
import type { ShownSecret, ShowSecretResult } from "../../credentials/show_secret.ts";
import { readFailed, statusWord } from "../cluster_errors.ts";
import { OperationError } from "../errors.ts";
import type { Face } from "../face.ts";
import type { Json } from "../reply.ts";
import { repositorySecret, secretAnswer } from "./list.ts";

/**
 * @param fingerprintsEnd why fingerprints change with a restart; absent if they do not
 * @throws {OperationError} when the cluster could not be read or has no such secret
 */
export function shownAnswer(
  outcome: ShowSecretResult | ListFailed,
  face: Face,
  fingerprintsEnd: string | undefined,
): Json {
  if (outcome.kind === "failed") {
    const { error, seconds } = outcome;
    throw readFailed(error, seconds, { body: { status: statusWord(error) } });
  }
  const { cluster, name, secrets, warnings } = outcome;
  const warned = warnings.length === 0 ? {} : { warnings };
  if (secrets.length === 0) {
    throw new OperationError(
      "secret_not_found",
      { name, cluster, namespaces: [], for: "show" },
      { body: warned },
    );
  }
  const body = {
    cluster,
    name,
    secrets: secrets.map((secret) => shownSecret(secret, face)),
    total: secrets.length,
    ...(face !== "v1" || fingerprintsEnd === undefined
      ? {}
      : { fingerprints_end: fingerprintsEnd }),
    ...warned,
    status: "success",
  };
  return { status: 200, body };
}

function shownSecret(shown: ShownSecret, face: Face) {
  const { secret, repository, credentials, registries } = shown;
  return {
    ...(repository === undefined
      ? secretAnswer(secret)
      : repositorySecret({ ...secret, repository })),
    ...(repository?.project ? { project: repository.project } : {}),
    ...(credentials === undefined ? {} : { credentials }),
    ...(registries === undefined ? {} : { registries }),
    keys: shown.keys,
    ...(face === "v1"
      ? {
        data_fingerprint: shown.dataFingerprint ?? null,
        fingerprints: shown.fingerprints,
        ...(shown.expires === undefined ? {} : { expires: shown.expires }),
      }
      : { fingerprint: shown.dataFingerprint ?? null }),
    immutable: shown.immutable,
    managed: shown.isOurs,
    write: shown.request ?? null,
    owner: shown.owner ?? null,
  };
}
