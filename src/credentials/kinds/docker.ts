import { encodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { type Checked, no } from "../material/checked.ts";
import { keysBelow, mergeDockerConfig } from "../material/docker_config.ts";
import type { DockerCredential } from "./docker_logins.ts";
import type { DesiredSecret } from "./kind.ts";
import {
  configsOf,
  DOCKER_CONFIG_KEY,
  DOCKER_CONFIG_TYPE,
  isPullSecretType,
} from "./pull_secret.ts";
import { registryKeys } from "./registry.ts";

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
  /** Written too: Image Updater reads it there. `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** One for each registry. */
  readonly credentials: readonly DockerCredential[];
  /** Whether the registries that a secret has besides stay. */
  readonly merge: boolean;
  /** Whether Image Updater is to commit with the first credential. */
  readonly gitWriteBack: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** When the credentials end, as it was declared, in ISO time. */
  readonly expires?: string | undefined;
}

/** The pull secret in every namespace, Argo CD's last, and the one for writing back to Git. */
export function dockerSecrets(request: DockerSecretsRequest): DesiredSecret[] {
  const { credentials, name, labels, argocdNamespace } = request;
  const pull = seal({
    [DOCKER_CONFIG_KEY]: encodeBase64Text(dockerConfigJson(credentials).reveal()),
  });
  const merged = (current: StoredSecret): Checked<Sealed<string>> => {
    const configs = configsOf(current.type, current.data.reveal());
    // What was replaced on reading would be written back so.
    if (configs.some(({ isExact }) => !isExact)) return no("must be a text in UTF-8");
    return mergeDockerConfig(configs, entriesOf(credentials));
  };
  const common = {
    labels,
    annotations: {},
    ...(request.expires === undefined ? {} : { expires: request.expires }),
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
      const data = current.data.reveal();
      const taken = new Set(configsOf(current.type, data).map(({ key }) => key));
      const others = Object.entries(data).filter(([key]) => !taken.has(key));
      return seal({
        ...Object.fromEntries(others),
        [DOCKER_CONFIG_KEY]: encodeBase64Text(result.value.reveal()),
      });
    },
    hints(current: StoredSecret) {
      if (!request.merge) return [];
      const configs = configsOf(current.type, current.data.reveal());
      const kept = keysBelow(configs, credentials.map(({ registry }) => registry));
      return kept.length === 0 ? [] : [
        `Logins for a part of the registry stay, and the kubelets take them first: ${
          kept.join(", ")
        }`,
      ];
    },
    unmergeable(current: StoredSecret) {
      if (!request.merge) return undefined;
      const result = merged(current);
      return result.ok ? undefined : result.why;
    },
  };
  const argocd = argocdNamespace === undefined ? [] : [argocdNamespace];
  const secrets: DesiredSecret[] = [...request.namespaces, ...argocd].map((namespace) => ({
    ...pullSecret,
    namespace,
  }));
  const [first] = credentials;
  if (request.gitWriteBack && first !== undefined && argocdNamespace !== undefined) {
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

/** Name of the secret that Image Updater commits with. */
export function gitWriteBackName(name: string): string {
  return `${name}-iu`;
}

function isDockerSecret(
  current: StoredSecret,
  labels: Readonly<Record<string, string>>,
): boolean {
  return isPullSecretType(current.type) ||
    Object.entries(labels).some(([key, value]) => current.labels[key] === value);
}
