/** Docker Hub by its names; each finds it in a Docker configuration under another key. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * Keys for Docker Hub: kubelet looks for the first, Argo CD Image Updater for the second.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 */
const DOCKER_HUB_KEYS = ["https://index.docker.io/v1/", "https://registry-1.docker.io"];

/** The keys under which the readers of a Docker configuration look for a registry's login. */
export function registryKeys(host: string): readonly string[] {
  return DOCKER_HUB.has(host) ? DOCKER_HUB_KEYS : [host];
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
