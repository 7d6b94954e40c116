import { decodeBase64Text, encodeBase64Text } from "../../kube/base64.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { type Checked, no, yes } from "../material/checked.ts";
import { mergeDockerConfig } from "../material/docker_config.ts";
import type { DesiredSecret } from "./kind.ts";
import { registryKeys } from "./registry.ts";

export const DOCKER_CONFIG_TYPE = "kubernetes.io/dockerconfigjson";

/** The key of a pull secret's data. */
export const DOCKER_CONFIG_KEY = ".dockerconfigjson";

export interface DockerCredential {
  /** A host, with a port where it is not the usual one. */
  readonly registry: string;
  readonly username: string;
  readonly password: Sealed<string>;
}

/**
 * The entries of `auths`, in the open. Each has all three fields: readers differ in their need.
 */
function entriesOf(credentials: readonly DockerCredential[]): Record<string, object> {
  return Object.fromEntries(credentials.flatMap(({ registry, username, password: sealed }) => {
    const password = sealed.reveal();
    const entry = { username, password, auth: encodeBase64Text(`${username}:${password}`) };
    return registryKeys(registry).map((key) => [key, entry]);
  }));
}

/** The text of `.dockerconfigjson`. */
export function dockerConfigJson(credentials: readonly DockerCredential[]): Sealed<string> {
  return seal(JSON.stringify({ auths: entriesOf(credentials) }));
}

export interface DockerSecretsRequest {
  readonly name: string;
  /** Where the kubelets need it. */
  readonly namespaces: readonly string[];
  /** Written too: Image Updater reads it there. */
  readonly argocdNamespace: string;
  /** One for each registry. */
  readonly credentials: readonly DockerCredential[];
  /** Whether the registries that a secret has besides stay. */
  readonly merge: boolean;
  /** Whether Image Updater is to commit with the first credential. */
  readonly gitWriteBack: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** The pull secret in every namespace, Argo CD's last, and the one for writing back to Git. */
export function dockerSecrets(request: DockerSecretsRequest): DesiredSecret[] {
  const { credentials, name, labels, argocdNamespace } = request;
  const pull = seal({
    [DOCKER_CONFIG_KEY]: encodeBase64Text(dockerConfigJson(credentials).reveal()),
  });
  const merged = (current: StoredSecret) => {
    const config = configText(current);
    return config.ok ? mergeDockerConfig(config.value, entriesOf(credentials)) : config;
  };
  const common = {
    labels,
    annotations: {},
    recognises: (current: StoredSecret) => isDockerSecret(current, labels),
  };
  const pullSecret = {
    ...common,
    name,
    type: DOCKER_CONFIG_TYPE,
    data: pull,
    merge(current: StoredSecret) {
      if (!request.merge) return pull;
      const result = merged(current);
      // The plan has asked `unmergeable` before.
      if (!result.ok) return pull;
      const text = result.value.reveal();
      return seal({ ...current.data.reveal(), [DOCKER_CONFIG_KEY]: encodeBase64Text(text) });
    },
    unmergeable(current: StoredSecret) {
      if (!request.merge) return undefined;
      const result = merged(current);
      return result.ok ? undefined : result.why;
    },
  };
  const secrets: DesiredSecret[] = [...request.namespaces, argocdNamespace].map((namespace) => ({
    ...pullSecret,
    namespace,
  }));
  const [first] = credentials;
  if (request.gitWriteBack && first !== undefined) {
    const login = seal({
      username: encodeBase64Text(first.username),
      password: encodeBase64Text(first.password.reveal()),
    });
    secrets.push({
      ...common,
      namespace: argocdNamespace,
      name: gitWriteBackName(name),
      type: "Opaque",
      data: login,
      merge: () => login,
    });
  }
  return secrets;
}

/** The Docker configuration in a secret; an empty one where there is none. */
function configText(current: StoredSecret): Checked<string> {
  const encoded = current.data.reveal()[DOCKER_CONFIG_KEY];
  if (encoded === undefined) return yes("{}");
  const text = decodeBase64Text(encoded);
  // What was replaced on reading would be written back so.
  return encodeBase64Text(text) === encoded ? yes(text) : no("must be a text in UTF-8");
}

/** Name of the secret that Image Updater commits with. */
export function gitWriteBackName(name: string): string {
  return `${name}-iu`;
}

function isDockerSecret(
  current: StoredSecret,
  labels: Readonly<Record<string, string>>,
): boolean {
  return current.type === DOCKER_CONFIG_TYPE ||
    Object.entries(labels).some(([key, value]) => current.labels[key] === value);
}
