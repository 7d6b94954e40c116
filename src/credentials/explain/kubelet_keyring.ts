import { goHostAndPath, toBytes } from "../kinds/go_url.ts";
import type { KubeletLogin } from "./kubelet_config.ts";

/**
 * The Kubernetes version whose rules are implemented here. v1.34.2 and v1.36.1 have the same code for keyring,
 * configuration and secrets. Tests compare the results with the kubelet's code of this version.
 */
export const KUBELET_RULES = "v1.35.4";

/** The kubelet's key for Docker Hub's login. */
const DOCKER_HUB_KEY = "index.docker.io";

/** Logins of one secret. Those with the same kubelet key are tried in random order. */
export interface SecretLogins<Source> {
  readonly source: Source;
  readonly logins: readonly KubeletLogin[];
}

/**
 * The logins that the kubelet tries for an image, in its order, until one pulls the image. The kubelet sorts the keys of all
 * secrets in reverse alphabetical order, so longer paths come before shorter ones; for equal keys the order of the
 * secrets decides.
 * @param secrets in the order in which the pod names them
 * @param repository as `imageRepository` returns it
 * @returns for each secret and key, the logins with that key
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go Add, Lookup
 */
export function loginsInOrder<Source>(
  secrets: readonly SecretLogins<Source>[],
  repository: string,
): SecretLogins<Source>[] {
  const byKey = new Map<string, SecretLogins<Source>[]>();
  for (const { source, logins } of secrets) {
    for (const [key, same] of Map.groupBy(logins, ({ key }) => kubeletKey(key))) {
      if (key === undefined) continue;
      byKey.set(key, [...byKey.get(key) ?? [], { source, logins: same }]);
    }
  }
  const keys = [...byKey.keys()].sort().reverse();
  const found = keys.filter((key) => isMatch(key, repository)).flatMap((key) => byKey.get(key)!);
  return found.length > 0 || !isOfDockerHub(repository) ? found : byKey.get(DOCKER_HUB_KEY) ?? [];
}

/** Whether the kubelet uses an entry with this key for an image. */
export function kubeletMatches(key: string, repository: string): boolean {
  const own = kubeletKey(key);
  return own !== undefined &&
    (isMatch(own, repository) || (own === DOCKER_HUB_KEY && isOfDockerHub(repository)));
}

/**
 * The kubelet's normalized form of an entry's key, in bytes: host and path, without an API version; `undefined` where
 * the key is not a URL and the kubelet ignores the entry.
 */
export function kubeletKey(key: string): string | undefined {
  const url = goHostAndPath(toBytes(key.replace(/^https?:\/\//, "")));
  if (url === undefined) return undefined;
  const path = url.path.replace(/^\/v[12]\//, "/");
  return path === "/" ? url.host : url.host + path;
}

/** Port and number of host parts are equal, the path is a prefix, and each host part matches its pattern. */
function isMatch(key: string, repository: string): boolean {
  const [pattern, target] = [placeOf(key), placeOf(repository)];
  if (pattern === undefined || target === undefined) return false;
  return pattern.port === target.port && pattern.parts.length === target.parts.length &&
    target.path.startsWith(pattern.path) &&
    pattern.parts.every((part, i) => isGlobMatch(part, target.parts[i]!));
}

/** @param text in bytes, without a scheme */
function placeOf(text: string) {
  const url = goHostAndPath(text);
  if (url === undefined) return undefined;
  const [host, port] = splitHostPort(url.host);
  return { parts: host.split("."), port, path: url.path };
}

/** Like Go's net.SplitHostPort; where that returns an error, the whole text is the host. */
function splitHostPort(text: string): [host: string, port: string] {
  const [, v6, v4, port] = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(text) ?? [];
  return port === undefined ? [text, ""] : [v6 ?? v4!, port];
}

/**
 * Like Go's filepath.Match on one part of a host: `*` matches anything; brackets, which in a host only an IPv6
 * address has, match one of the characters in them.
 */
function isGlobMatch(pattern: string, text: string): boolean {
  if (!/[*[]/.test(pattern)) return pattern === text; // the usual case, quickly
  const tokens = pattern.match(/\[[^\]]+\]|[^]/g) ?? [];
  const fits = (token: string | undefined, char: string) =>
    token !== undefined && (token.length > 1 ? token.slice(1, -1).includes(char) : token === char);
  let [at, char] = [0, 0];
  let star: [at: number, char: number] | undefined;
  while (char < text.length) {
    if (tokens[at] === "*") star = [++at, char];
    else if (fits(tokens[at], text[char]!)) [at, char] = [at + 1, char + 1];
    else if (star !== undefined) [at, char] = star = [star[0], star[1] + 1];
    else return false;
  }
  return tokens.slice(at).every((token) => token === "*");
}

/** Whether the name has Docker Hub's host or no host. */
function isOfDockerHub(repository: string): boolean {
  const slash = repository.indexOf("/");
  const first = slash < 0 ? repository : repository.slice(0, slash);
  if (first === "") return false;
  return slash < 0 || first === "docker.io" || first === "index.docker.io" || !/[.:]/.test(first);
}
