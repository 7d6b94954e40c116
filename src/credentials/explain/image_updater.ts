import type { StoredSecret } from "../../kube/store.ts";
import { decodeBase64Text } from "../../text/bytes.ts";
import { hostOfRegistry } from "../kinds/registry.ts";
import { DOCKER_CONFIG_KEY } from "../kinds/pull_secret.ts";

/** The host by which Argo CD Image Updater looks up Docker Hub's login. */
const DOCKER_HUB_API = "registry-1.docker.io";

/** The result of Image Updater's search for a registry's login. */
export type UpdaterLookup = "found" | "no_key" | "no_auth";

/**
 * Whether Argo CD Image Updater finds a login in a pull secret. It reads only `.dockerconfigjson`, uses an entry whose
 * key starts with the registry's address, and of that entry only the field `auth`.
 * @param place as `meantBy` gives it
 * @see https://github.com/argoproj-labs/argocd-image-updater/blob/de2cfec67880/registry-scanner/pkg/image/credentials.go
 *   parseDockerConfigJson
 */
export function imageUpdaterLooksUp(
  place: string,
  { data }: Pick<StoredSecret, "data">,
): UpdaterLookup {
  const host = hostOfRegistry(place);
  const api = host === "docker.io" ? DOCKER_HUB_API : host;
  const matching = authsIn(data.reveal()[DOCKER_CONFIG_KEY]).filter(([key]) =>
    key.startsWith(api) || key.startsWith(`https://${api}`)
  );
  if (matching.length === 0) return "no_key";
  return matching.some(([, entry]) => hasAuth(entry)) ? "found" : "no_auth";
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
