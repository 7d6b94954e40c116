import { encodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { no, type Validated } from "../material/validated.ts";
import { keysBelow, mergeDockerConfig } from "../material/docker_config.ts";
import type { DockerCredential } from "./docker_logins.ts";
import type { DesiredSecret } from "./desired_secret.ts";
import {
  DOCKER_CONFIG_KEY,
  DOCKER_CONFIG_TYPE,
  dockerConfigsOf,
  isPullSecretType,
} from "./pull_secret.ts";
import { registryKeys } from "./registry.ts";

/**
 * The entries of `auths`, unsealed. Each has `username`, `password` and `auth`, since readers differ in
 * which of these they need.
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
  /** The namespaces whose pods pull images with the secret. */
  readonly namespaces: readonly string[];
  /** Gets the secret, too, for Image Updater; `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** One login per registry. */
  readonly credentials: readonly DockerCredential[];
  /** Whether an existing secret keeps its logins for other registries. */
  readonly merge: boolean;
  /** Whether to write the secret with which Image Updater commits; it has the first login. */
  readonly gitWriteBack: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** When the credentials expire, as declared in the request; ISO 8601. */
  readonly expires?: string | undefined;
}

/** The pull secret for every namespace, Argo CD's last, and the secret for Git write-back. */
export function dockerSecrets(request: DockerSecretsRequest): DesiredSecret[] {
  const { credentials, name, labels, argocdNamespace } = request;
  const pull = seal({
    [DOCKER_CONFIG_KEY]: encodeBase64Text(dockerConfigJson(credentials).reveal()),
  });
  const merged = (current: StoredSecret): Validated<Sealed<string>> => {
    const configs = dockerConfigsOf(current.type, current.data.reveal());
    // Decoding has replaced invalid bytes, and writing them back would damage the configuration.
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
      // Unreachable: the plan has called `unmergeable` before.
      if (!result.ok) return pull;
      const data = current.data.reveal();
      const taken = new Set(dockerConfigsOf(current.type, data).map(({ key }) => key));
      const others = Object.entries(data).filter(([key]) => !taken.has(key));
      return seal({
        ...Object.fromEntries(others),
        [DOCKER_CONFIG_KEY]: encodeBase64Text(result.value.reveal()),
      });
    },
    hints(current: StoredSecret) {
      if (!request.merge) return [];
      const configs = dockerConfigsOf(current.type, current.data.reveal());
      const kept = keysBelow(configs, credentials.map(({ registry }) => registry));
      return kept.length === 0 ? [] : [
        `Existing logins for a part of the registry were kept, and the kubelet prefers them: ${
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

/** The name of the secret that Image Updater commits with. */
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
