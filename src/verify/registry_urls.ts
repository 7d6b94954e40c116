import type { RegistryCredential } from "./verdict.ts";

/**
 * Docker Hub's names; only the last one serves the API.
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
const DOCKER_HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** The URLs that are requested from a registry. */
export interface RegistryUrls {
  /** The API root. */
  readonly api: URL;
  /** The tags of the repository, if one is given. */
  readonly tags: URL | undefined;
  /** The path of the repository in a token scope. */
  readonly path: string | undefined;
}

/** The URLs of a registry, or a text that says why its host or repository is invalid. */
export function registryUrls(
  { host, repository, transport }: Pick<RegistryCredential, "host" | "repository" | "transport">,
): RegistryUrls | string {
  const isHub = DOCKER_HUB.includes(host);
  const scheme = transport.insecureHttp ? "http" : "https";
  const root = `${scheme}://${isHub ? DOCKER_HUB.at(-1) : host}`;
  if (/[/?#@\\]/.test(host) || !URL.canParse(root)) {
    return "Cannot verify: the registry is not a valid host";
  }
  const api = new URL("/v2/", root);
  if (repository === undefined) return { api, tags: undefined, path: undefined };
  const path = isHub && !repository.includes("/") ? `library/${repository}` : repository;
  const segment = "(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+";
  if (!new RegExp(`^${segment}(/${segment})*$`).test(path)) {
    return "Cannot verify: the repository is not a valid path in a registry";
  }
  return { api, tags: new URL(`${path}/tags/list?n=1`, api), path };
}
