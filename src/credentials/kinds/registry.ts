/** Docker Hub by its names; each finds it in a Docker configuration under another key. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * Keys for Docker Hub: kubelet looks for the first, Argo CD Image Updater for the second.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 */
const DOCKER_HUB_KEYS = ["https://index.docker.io/v1/", "https://registry-1.docker.io"];

/** For a part of Docker Hub: kubelet knows its images by the first name. */
const DOCKER_HUB_PARTS = ["docker.io", "https://registry-1.docker.io"];

/**
 * The keys under which the readers of a Docker configuration look for a registry's login.
 * @param registry as {@link registryPlace} gives it
 */
export function registryKeys(registry: string): readonly string[] {
  const { host, path } = partsOf(registry);
  if (!DOCKER_HUB.has(host)) return [registry];
  return path === "" ? DOCKER_HUB_KEYS : DOCKER_HUB_PARTS.map((each) => each + path);
}

/** The same for each of Docker Hub's names. */
export function registryName(registry: string): string {
  const { host, path } = partsOf(registry);
  return (DOCKER_HUB.has(host) ? DOCKER_HUB_PARTS[0] : host) + path;
}

/** The host of a registry that {@link registryPlace} gave, with its port. */
export function hostOfRegistry(registry: string): string {
  return partsOf(registry).host;
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

/** Longest name of a repository, host and all, as clients take it. */
const MAX_PATH = 255;

/**
 * A registry's host, or what is below a path of it: `ghcr.io`, `ghcr.io/org`, `ghcr.io/org/`.
 * `undefined` when it is none. Images have no name in upper case, so a path is taken in lower case.
 * @see https://github.com/distribution/reference/blob/v0.6.0/regexp.go for what paths are
 */
export function registryPlace(text: string): string | undefined {
  const host = registryHost(text);
  if (host !== undefined) return host;
  const [, authority = "", path = ""] = /^(?:https?:\/\/)?([^/]*)(\/.*)$/s
    .exec(text.trim().toLowerCase()) ?? [];
  const place = registryHost(authority);
  // Kubelet leaves that out of a key, too.
  const below = path.replace(/^\/v[12]\//, "/");
  const part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
  const isPath = below.length <= MAX_PATH && new RegExp(`^(/${part})+/?$`).test(below);
  return place !== undefined && isPath ? place + below : undefined;
}

/**
 * What to know about a login for a part of a registry. Both compare the keys as texts: kubelet takes
 * the one that begins an image's name and is the longest, Image Updater any that begins with the
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
        `The kubelets use the login for each image whose name begins with ${registry}, also for ` +
        `${registry}-other; end it with a slash for what is below it alone`,
      ]),
      ...(shared
        ? [
          `Argo CD Image Updater takes any of the logins for ${host}, whatever the path: give it a ` +
          "secret with one of them",
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
