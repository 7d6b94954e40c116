import { decodeBase64Text } from "../../src/text/bytes.ts";

/**
 * The logins that kubelet tries for an image, in its order: a second implementation of its rules, which
 * judges the secrets that the program writes. It was compared with kubelet's code by generated cases.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/secrets/secrets.go
 */

export interface PullSecret {
  readonly type: string;
  /** Decoded values, by key. */
  readonly data: Readonly<Record<string, string>>;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

/**
 * @param image with its registry, as kubelet normalizes it: `docker.io/library/nginx`
 * @returns `user:password` of each login
 */
export function kubeletTries({ type, data }: PullSecret, image: string): string[] {
  const logins = loginsOf(type, data);
  const byKey = Map.groupBy(logins, ([key]) => keyOf(key));
  const shown = (key: string) => (byKey.get(key) ?? []).map(([, login]) => loginText(login));
  // Sorted so that more specific ones precede their prefixes.
  const keys = [...byKey.keys()].sort().reverse();
  const found = keys.filter((key) => matches(key, image)).flatMap(shown);
  if (found.length > 0 || !isOfDockerHub(image)) return found;
  return shown("index.docker.io");
}

function loginsOf(type: string, data: PullSecret["data"]): [key: string, login: Login][] {
  if (type === "kubernetes.io/dockerconfigjson") {
    return Object.entries(JSON.parse(data[".dockerconfigjson"] ?? "{}").auths ?? {});
  }
  return type === "kubernetes.io/dockercfg"
    ? Object.entries(JSON.parse(data[".dockercfg"] ?? "{}"))
    : [];
}

/** A registry without scheme and without API version. */
function keyOf(key: string): string {
  const [, host = "", path = ""] = /^(?:https?:\/\/)?([^/]*)(.*)$/s.exec(key)!;
  const below = path.replace(/^\/v[12](?=\/)/, "");
  return below === "/" ? host : host + below;
}

function matches(key: string, image: string): boolean {
  const [, host = "", path = ""] = /^([^/]*)(.*)$/s.exec(key)!;
  const [, imageHost = "", imagePath = ""] = /^([^/]*)(.*)$/s.exec(image)!;
  return host === imageHost && imagePath.startsWith(path);
}

function loginText({ username = "", password = "", auth = "" }: Login): string {
  return auth === "" ? `${username}:${password}` : decodeBase64Text(auth);
}

function isOfDockerHub(image: string): boolean {
  const [first = ""] = image.split("/");
  return first === "docker.io" || first === "index.docker.io" ||
    !image.includes("/") || !/[.:]/.test(first);
}
