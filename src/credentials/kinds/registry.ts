/** The host names of Docker Hub. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * The keys of Docker Hub in a Docker configuration: the kubelet reads the first, Image Updater the second.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 */
const DOCKER_HUB_KEYS = ["https://index.docker.io/v1/", "https://registry-1.docker.io"];

/** The hosts in the keys of a path of Docker Hub, for the same two readers. */
const DOCKER_HUB_PARTS = ["docker.io", "https://registry-1.docker.io"];

/**
 * The keys of a registry's login in a Docker configuration, one for each kind of reader.
 * @param registry as {@link registryPlace} gives it
 */
export function registryKeys(registry: string): readonly string[] {
  const { host, path } = partsOf(registry);
  if (!DOCKER_HUB.has(host)) return [registry];
  return path === "" ? DOCKER_HUB_KEYS : DOCKER_HUB_PARTS.map((each) => each + path);
}

/** A registry with one name for all host names of Docker Hub. */
export function registryName(registry: string): string {
  const { host, path } = partsOf(registry);
  return (DOCKER_HUB.has(host) ? DOCKER_HUB_PARTS[0] : host) + path;
}

/** The host of a registry, with its port. @param registry as {@link registryPlace} gives it */
export function hostOfRegistry(registry: string): string {
  return partsOf(registry).host;
}

/**
 * Parses a registry without a path: `ghcr.io`, `registry.example.com:5000`, also with a scheme, or Docker
 * Hub's `https://index.docker.io/v1/`. Returns the host with its port, or `undefined`.
 */
export function registryHost(text: string): string | undefined {
  const host = text.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const valid = new RegExp(`^(${label}(\\.${label})*|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$`);
  const port = Number(/:([0-9]+)$/.exec(host)?.[1] ?? 0);
  return host.length <= 253 && valid.test(host) && port <= 65535 ? host : undefined;
}

/** The longest repository name, including the host, that clients accept. */
const MAX_PATH = 255;

/**
 * Parses a registry with an optional path: `ghcr.io`, `ghcr.io/org`, `ghcr.io/org/`. The result is in lower
 * case, since image names have no upper case; `undefined` when the text is not a registry.
 * @see https://github.com/distribution/reference/blob/v0.6.0/regexp.go for what paths are
 */
export function registryPlace(text: string): string | undefined {
  const host = registryHost(text);
  if (host !== undefined) return host;
  const [, authority = "", path = ""] = /^(?:https?:\/\/)?([^/]*)(\/.*)$/s
    .exec(text.trim().toLowerCase()) ?? [];
  const place = registryHost(authority);
  // The kubelet drops this prefix of a key's path, too.
  const below = path.replace(/^\/v[12]\//, "/");
  const part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
  const isPath = below.length <= MAX_PATH && new RegExp(`^(/${part})+/?$`).test(below);
  return place !== undefined && isPath ? place + below : undefined;
}

/**
 * Hints about logins for a path of a registry. Both readers compare keys as plain text: the kubelet uses
 * the longest key that is a prefix of the image name, Image Updater any key that starts with the
 * registry's name.
 * @see https://github.com/argoproj-labs/argocd-image-updater/blob/648d1f44cd44/registry-scanner/pkg/image/credentials.go
 *   parseDockerConfigJson
 */
export function registryHints(registries: readonly string[]): string[] {
  return registries.flatMap((registry) => {
    const { host, path } = partsOf(registry);
    if (path === "") return [];
    const shared = registries.some((other) => other !== registry && hostOfRegistry(other) === host);
    return [
      ...(path.endsWith("/") ? [] : [
        `The kubelet uses this login for every image whose name starts with ${registry}, such as ` +
        `${registry}-other; end the registry with a slash to match only what is below it`,
      ]),
      ...(shared
        ? [
          `Argo CD Image Updater uses any of the logins for ${host}, whatever the path: give it a ` +
          "secret with only one of them",
        ]
        : []),
    ];
  });
}

function partsOf(registry: string): { host: string; path: string } {
  const slash = registry.indexOf("/");
  if (slash < 0) return { host: registry, path: "" };
  return { host: registry.slice(0, slash), path: registry.slice(slash) };
}
