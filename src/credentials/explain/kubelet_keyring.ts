import { goHostAndPath, toBytes } from "../kinds/go_url.ts";
import type { KubeletLogin } from "./kubelet_config.ts";

/**
 * The version of Kubernetes by whose rules a login for an image is found; its keyring, its configuration and
 * its secrets are those of v1.34.2 and v1.36.1 to the letter. kubelet's code of this version judges them.
 */
export const KUBELET_RULES = "v1.35.4";

/** Where kubelet keeps Docker Hub's login. */
const DOCKER_HUB_KEY = "index.docker.io";

/** The logins of one secret, in whatever order. */
export interface Holder<Source> {
  readonly source: Source;
  readonly logins: readonly KubeletLogin[];
}

/** Logins of one secret whose keys kubelet takes for the same: which of them it tries first is chance. */
export interface Tried<Source> {
  readonly source: Source;
  readonly logins: readonly KubeletLogin[];
}

/**
 * Which logins kubelet tries for an image, in its order. It compares all secrets' keys as texts from behind
 * in the alphabet, which brings longer paths before shorter ones; of the same key in several secrets it
 * takes the secrets' order. Each is tried until one pulls the image.
 * @param holders in the order in which the pod names them
 * @param repository as `imageRepository` gives it
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go Add, Lookup
 */
export function kubeletTries<Source>(
  holders: readonly Holder<Source>[],
  repository: string,
): Tried<Source>[] {
  const byKey = new Map<string, Tried<Source>[]>();
  for (const { source, logins } of holders) {
    for (const [key, same] of Map.groupBy(logins, ({ key }) => kubeletKey(key))) {
      if (key === undefined) continue;
      byKey.set(key, [...byKey.get(key) ?? [], { source, logins: same }]);
    }
  }
  const keys = [...byKey.keys()].sort().reverse();
  const found = keys.filter((key) => isMatch(key, repository)).flatMap((key) => byKey.get(key)!);
  return found.length > 0 || !isOfDockerHub(repository) ? found : byKey.get(DOCKER_HUB_KEY) ?? [];
}

/** Whether kubelet finds what an entry's key stands for when it looks for an image. */
export function kubeletMatches(key: string, repository: string): boolean {
  const own = kubeletKey(key);
  return own !== undefined &&
    (isMatch(own, repository) || (own === DOCKER_HUB_KEY && isOfDockerHub(repository)));
}

/**
 * What kubelet makes of an entry's key, in bytes: host and path, without the version of an API; `undefined`
 * where it is no URL, and kubelet passes over the entry.
 */
export function kubeletKey(key: string): string | undefined {
  const url = goHostAndPath(toBytes(key.replace(/^https?:\/\//, "")));
  if (url === undefined) return undefined;
  const path = url.path.replace(/^\/v[12]\//, "/");
  return path === "/" ? url.host : url.host + path;
}

/** Port and number of the host's parts are equal, the path begins the image's, and each part fits. */
function isMatch(key: string, repository: string): boolean {
  const [pattern, target] = [placeOf(key), placeOf(repository)];
  if (pattern === undefined || target === undefined) return false;
  return pattern.port === target.port && pattern.parts.length === target.parts.length &&
    target.path.startsWith(pattern.path) &&
    pattern.parts.every((part, i) => isGlobMatch(part, target.parts[i]!));
}

/** @param text in bytes, without scheme */
function placeOf(text: string) {
  const url = goHostAndPath(text);
  if (url === undefined) return undefined;
  const [host, port] = splitHostPort(url.host);
  return { parts: host.split("."), port, path: url.path };
}

/** As Go's net.SplitHostPort; where that gives an error, all of it is the host. */
function splitHostPort(text: string): [host: string, port: string] {
  const [, v6, v4, port] = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(text) ?? [];
  return port === undefined ? [text, ""] : [v6 ?? v4!, port];
}

/**
 * As Go's filepath.Match of one part of a host: `*` stands for anything, and brackets, which in a host can
 * only be those of an IPv6 address, for any of the characters in them.
 */
function isGlobMatch(pattern: string, text: string): boolean {
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

/** Whether the name has Docker Hub's host or none. */
function isOfDockerHub(repository: string): boolean {
  const slash = repository.indexOf("/");
  const first = slash < 0 ? repository : repository.slice(0, slash);
  if (first === "") return false;
  return slash < 0 || first === "docker.io" || first === "index.docker.io" || !/[.:]/.test(first);
}
