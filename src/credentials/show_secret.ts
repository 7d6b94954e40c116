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
import { configOf } from "./kinds/pull_secret.ts";
import { WRITE_ANNOTATION } from "./kinds/kind.ts";
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
  /** The keys of its data, sorted, and how many bytes each has. */
  readonly keys: readonly { readonly key: string; readonly bytes: number }[];
  /** Tells whether two secrets hold the same data; `undefined` when it cannot be made. */
  readonly dataFingerprint: string | undefined;
  /** Of each credential in it, by its place. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** When the first credential in it ends. */
  readonly expires?: Expiry;
  readonly immutable: boolean;
  /** Another program that looks after it. */
  readonly owner: string | undefined;
  /** Whether this program has written it. */
  readonly isOurs: boolean;
  /** The write of this program's that made it what it is. */
  readonly request: string | undefined;
  /** Of an Argo CD repository or template. */
  readonly repository?: RepositoryFields;
  /** Which kinds of credential a repository or template has. */
  readonly credentials?: readonly string[];
  /** Of a pull secret. */
  readonly registries?: readonly RegistryLogin[];
}

export interface SecretShown {
  readonly kind: "shown";
  readonly cluster: string;
  readonly name: string;
  /** One for each namespace that has it, sorted. */
  readonly secrets: readonly ShownSecret[];
  readonly warnings: readonly string[];
}

export interface ShowSecret {
  readonly cluster: string;
  readonly name: string;
  /** All that have it when absent. */
  readonly namespace?: string;
}

export interface ShowDeps extends NamedSettings {
  readonly store: SecretStore;
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
}

/** Everything about the secrets of one name but their values, which stay sealed in this process. */
export async function showSecret(
  { cluster, name, namespace }: ShowSecret,
  { store, seconds, fingerprint, ...settings }: ShowDeps,
): Promise<SecretShown | ListFailed> {
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
  const config = configOf(type, data);
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
