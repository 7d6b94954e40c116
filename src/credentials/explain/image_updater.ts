import type { StoredSecret } from "../../kube/store.ts";
import { decodeBase64Text } from "../../text/bytes.ts";
import { hostOfRegistry } from "../kinds/registry.ts";
import { DOCKER_CONFIG_KEY } from "../kinds/pull_secret.ts";

/** The host by which Argo CD Image Updater looks up Docker Hub's login. */
const DOCKER_HUB_API = "registry-1.docker.io";

/** The result of Image Updater's search for a registry's login. */
export type UpdaterLookup = "found" | "no_key" | "no_auth";

/**
 * Returns whether Argo CD Image Updater finds a login in a pull secret. It reads only `.dockerconfigjson`, uses an entry
 * whose key starts with the registry's address, and of that entry only the field `auth`.
 * @returns a function of a place, as `meantBy` gives it
 * @see https://github.com/argoproj-labs/argocd-image-updater/blob/de2cfec67880/registry-scanner/pkg/image/credentials.go
 *   parseDockerConfigJson
 */
export function imageUpdaterIn(
  { data }: Pick<StoredSecret, "data">,
): (place: string) => UpdaterLookup {
  // Sorted: a configuration can have very many entries, and each may be of another registry.
  const entries = authsIn(data.reveal()[DOCKER_CONFIG_KEY]).flatMap(([key, entry]) => {
    const auth = hasAuth(entry);
    const [, bare] = /^https:\/\/(.*)$/s.exec(key) ?? [];
    return [{ key, auth }, ...bare === undefined ? [] : [{ key: bare, auth }]];
  }).sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  return (place) => {
    const host = hostOfRegistry(place);
    const api = host === "docker.io" ? DOCKER_HUB_API : host;
    let found: UpdaterLookup = "no_key";
    for (let i = firstFrom(entries, api); entries[i]?.key.startsWith(api); i++) {
      if (entries[i]!.auth) return "found";
      found = "no_auth";
    }
    return found;
  };
}

/** The index of the first entry whose key is not before a text. @param entries sorted by key */
function firstFrom(entries: readonly { readonly key: string }[], text: string): number {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (entries[middle]!.key < text) from = middle + 1;
    else to = middle;
  }
  return from;
}

function authsIn(value: string | undefined): [key: string, entry: unknown][] {
  try {
    const config = JSON.parse(decodeBase64Text(value ?? ""));
    return Object.entries(config?.auths ?? {});
  } catch {
    // The error message would quote the secret text.
    return [];
  }
}

function hasAuth(entry: unknown): boolean {
  const { auth } = (entry ?? {}) as { auth?: unknown };
  return typeof auth === "string" && auth.length % 4 === 0 && decodeBase64Text(auth).includes(":");
}
