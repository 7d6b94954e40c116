import type { RegistryCredential } from "./verdict.ts";

/**
 * Docker Hub's names, none of which is where its API is, but the last.
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
const DOCKER_HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** What is asked of a registry. */
export interface RegistryUrls {
  /** Of the whole registry. */
  readonly api: URL;
  /** Of the repository, where one is given; it has then a path. */
  readonly tags: URL | undefined;
  /** Of the repository, as a scope names it. */
  readonly path: string | undefined;
}

/** A text says why there is nothing to ask: the host is none, or the repository no path below it. */
export function registryUrls(
  { host, repository, transport }: Pick<RegistryCredential, "host" | "repository" | "transport">,
): RegistryUrls | string {
  const isHub = DOCKER_HUB.includes(host);
  const scheme = transport.insecureHttp ? "http" : "https";
  const root = `${scheme}://${isHub ? DOCKER_HUB.at(-1) : host}`;
  if (/[/?#@\\]/.test(host) || !URL.canParse(root)) {
    return "There is nobody to ask: the registry is no host";
  }
  const api = new URL("/v2/", root);
  if (repository === undefined) return { api, tags: undefined, path: undefined };
  const path = isHub && !repository.includes("/") ? `library/${repository}` : repository;
  const segment = "(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+";
  if (!new RegExp(`^${segment}(/${segment})*$`).test(path)) {
    return "There is nothing to ask for: the repository is no path below a registry";
  }
  return { api, tags: new URL(`${path}/tags/list?n=1`, api), path };
}
