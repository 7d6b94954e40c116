import { base64Length } from "../text/bytes.ts";
import { deadlineIn } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import { repositoryFields } from "../kube/repository_fields.ts";
import {
  refKey,
  type RepositoryFields,
  type SecretStore,
  type StoredSecret,
} from "../kube/store.ts";
import { seal } from "../log/sealed.ts";
import type { Expiry } from "./expiry/expiry.ts";
import { expiryIn } from "./expiry/stored.ts";
import { fingerprintsIn, type MakeFingerprint } from "./fingerprints.ts";
import { dockerConfigOf } from "./kinds/pull_secret.ts";
import { WRITE_ANNOTATION } from "./kinds/desired_secret.ts";
import { ownerOf } from "./kinds/owner.ts";
import { credentialsIn, SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import { registriesIn, type RegistryLogin } from "./material/docker_config.ts";
import { type NamedSettings, secretsNamed } from "./named.ts";
import type { ListFailed } from "./list.ts";
import { isOurs } from "./write/removal.ts";

/** A secret without its values. */
export interface ShownSecret {
  readonly secret: Pick<
    StoredSecret,
    "namespace" | "name" | "labels" | "type" | "creationTimestamp"
  >;
  /** The keys of the data, sorted, with the size of each value in bytes. */
  readonly keys: readonly { readonly key: string; readonly bytes: number }[];
  /** Equal for two secrets with the same data; `undefined` when no fingerprint can be made. */
  readonly dataFingerprint: string | undefined;
  /** Fingerprints of the credentials, by their places in the secret. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** When the first of the credentials expires. */
  readonly expires?: Expiry;
  readonly immutable: boolean;
  /** The other program that manages the secret, in words. */
  readonly owner: string | undefined;
  /** Whether argocd-configurer wrote the secret. */
  readonly isOurs: boolean;
  /** The id of argocd-configurer's last write to the secret. */
  readonly request: string | undefined;
  /** Only for an Argo CD repository or template. */
  readonly repository?: RepositoryFields;
  /** The kinds of credential in a repository or template. */
  readonly credentials?: readonly string[];
  /** Only for a pull secret. */
  readonly registries?: readonly RegistryLogin[];
}

export interface ShowSecretResult {
  readonly kind: "shown";
  readonly cluster: string;
  readonly name: string;
  /** One per namespace that has the secret, sorted. */
  readonly secrets: readonly ShownSecret[];
  readonly warnings: readonly string[];
}

export interface ShowSecret {
  readonly cluster: string;
  readonly name: string;
  /** @default all namespaces that have the secret */
  readonly namespace?: string;
}

export interface ShowDeps extends NamedSettings {
  readonly store: SecretStore;
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
}

/** Describes the secrets of one name without their values, which stay sealed in this process. */
export async function showSecret(
  { cluster, name, namespace }: ShowSecret,
  { store, seconds, fingerprint, ...settings }: ShowDeps,
): Promise<ShowSecretResult | ListFailed> {
  const deadline = deadlineIn(seconds);
  try {
    const { secrets: found, warnings } = namespace === undefined
      ? await secretsNamed(name, settings, store, deadline)
      : { secrets: [{ namespace, name }], warnings: [] };
    if (found.length === 0) return { kind: "shown", cluster, name, secrets: [], warnings };
    const { secrets } = await store.read(found, deadline);
    const there = found.flatMap((ref) => secrets.get(refKey(ref)) ?? []);
    const shown = await Promise.all(there.map((secret) => show(secret, fingerprint)));
    return { kind: "shown", cluster, name, secrets: shown, warnings };
  } catch (error) {
    if (error instanceof KubeError) return { kind: "failed", cluster, error, seconds };
    throw error;
  }
}

async function show(
  secret: StoredSecret,
  fingerprint: ShowDeps["fingerprint"],
): Promise<ShownSecret> {
  const { namespace, name, labels, type, creationTimestamp, annotations, immutable } = secret;
  const data = secret.data.reveal();
  const keys = Object.keys(data).sort();
  const config = dockerConfigOf(type, data);
  const registries = config && registriesIn(config.text, config.form);
  const secretType = labels[SECRET_TYPE_LABEL];
  const expires = expiryIn(secret);
  return {
    secret: { namespace, name, labels, type, creationTimestamp },
    keys: keys.map((key) => ({ key, bytes: base64Length(data[key]!) })),
    dataFingerprint: await fingerprint(seal(JSON.stringify(keys.map((key) => [key, data[key]])))),
    fingerprints: await fingerprintsIn(secret, fingerprint),
    ...(expires === undefined ? {} : { expires }),
    immutable: immutable === true,
    owner: ownerOf(secret),
    isOurs: isOurs(secret),
    request: annotations[WRITE_ANNOTATION],
    ...(secretType === undefined
      ? {}
      : { repository: repositoryFields(data), credentials: credentialsIn(data, secretType) }),
    ...(registries?.ok ? { registries: registries.value } : {}),
  };
}
