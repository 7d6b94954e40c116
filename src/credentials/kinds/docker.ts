import { encodeBase64Text } from "../../kube/base64.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { DesiredSecret } from "./kind.ts";

export const DOCKER_CONFIG_TYPE = "kubernetes.io/dockerconfigjson";

/** Docker Hub by its names; each finds it in a Docker configuration under another key. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * Keys for Docker Hub: kubelet looks for the first, Argo CD Image Updater for the second.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 */
const DOCKER_HUB_KEYS = ["https://index.docker.io/v1/", "https://registry-1.docker.io"];

export interface DockerCredential {
  /** A host, with a port where it is not the usual one. */
  readonly registry: string;
  readonly username: string;
  readonly password: Sealed<string>;
}

/**
 * The host in what a user gives as registry: `ghcr.io`, `registry.example.com:5000`, also with a
 * scheme or Docker Hub's `https://index.docker.io/v1/`. `undefined` when it is none.
 */
export function registryHost(text: string): string | undefined {
  const host = text.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const valid = new RegExp(`^(${label}(\\.${label})*|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$`);
  const port = Number(/:([0-9]+)$/.exec(host)?.[1] ?? 0);
  return host.length <= 253 && valid.test(host) && port <= 65535 ? host : undefined;
}

/** The text of `.dockerconfigjson`. Each entry has all three fields: readers differ in their need. */
export function dockerConfigJson(credential: DockerCredential): Sealed<string> {
  const { registry, username } = credential;
  const password = credential.password.reveal();
  const entry = { username, password, auth: encodeBase64Text(`${username}:${password}`) };
  const keys = DOCKER_HUB.has(registry) ? DOCKER_HUB_KEYS : [registry];
  return seal(JSON.stringify({ auths: Object.fromEntries(keys.map((key) => [key, entry])) }));
}

export interface DockerSecretsRequest {
  readonly name: string;
  /** Where the kubelets need it. */
  readonly namespaces: readonly string[];
  /** Written too: Image Updater reads it there. */
  readonly argocdNamespace: string;
  readonly credential: DockerCredential;
  /** Whether Image Updater is to commit with it. */
  readonly gitWriteBack: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** The pull secret in every namespace, Argo CD's last, and the one for writing back to Git. */
export function dockerSecrets(request: DockerSecretsRequest): DesiredSecret[] {
  const { credential, name, labels, argocdNamespace } = request;
  const pull = seal({
    ".dockerconfigjson": encodeBase64Text(dockerConfigJson(credential).reveal()),
  });
  const common = {
    labels,
    annotations: {},
    recognises: (current: StoredSecret) => isDockerSecret(current, labels),
  };
  const secrets: DesiredSecret[] = [...request.namespaces, argocdNamespace].map((namespace) => ({
    ...common,
    namespace,
    name,
    type: DOCKER_CONFIG_TYPE,
    data: pull,
    merge: () => pull,
  }));
  if (request.gitWriteBack) {
    const login = seal({
      username: encodeBase64Text(credential.username),
      password: encodeBase64Text(credential.password.reveal()),
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
  return current.type === DOCKER_CONFIG_TYPE ||
    Object.entries(labels).some(([key, value]) => current.labels[key] === value);
}
