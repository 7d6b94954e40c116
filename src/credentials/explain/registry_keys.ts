import { shownUrl } from "../kinds/url.ts";
import { hostOfRegistry, registryKeys, registryName, registryPlace } from "../kinds/registry.ts";
import { imageRepository } from "./image_name.ts";
import { kubeletKey, kubeletMatches } from "./kubelet_keyring.ts";

/**
 * The registry that a person means by a key of a Docker configuration: `ghcr.io` for `oci://ghcr.io`, `GHCR.IO/v2` and
 * `ghcr.io:latest`, and one name for all names of Docker Hub. User information and query are dropped, as the kubelet
 * drops them. `undefined` where the key is not a registry, or has wildcards.
 */
export function meantBy(key: string): string | undefined {
  const bare = withoutScheme(key).replace(/[?#].*$/s, "").replace(/^[^/]*@/, "");
  const place = registryPlace(bare.replace(/(\/[^/:]+):[^/:]+$/, "$1"));
  return place === undefined ? undefined : registryName(place);
}

/**
 * Like {@link meantBy}, for display: only the host where the path contains a token. Masking comes first, because it
 * recognizes a token by the case of its letters and places are in lower case.
 */
export function placeShown(key: string): string | undefined {
  const shown = shownUrl(key);
  return meantBy(shown) ?? meantBy(withoutScheme(shown).replace(/\/.*$/s, ""));
}

/** Whether an image repository is in a place that {@link meantBy} returned. */
export function isPlaceOf(place: string, repository: string): boolean {
  return repository === place || repository.startsWith(place.replace(/\/?$/, "/"));
}

/** Whether the kubelet uses a key for the images that it is meant for. */
export function isMatchedAsMeant(key: string, place: string): boolean {
  const repository = imageRepository(`${place.replace(/\/$/, "")}/x`);
  return repository.ok && kubeletMatches(key, repository.value);
}

/** Whether the kubelet uses a key without wildcards for any image at all. */
export function isMatchedByAny(key: string): boolean {
  const own = kubeletKey(key) ?? "";
  return ["", "x", "/x"].some((rest) => {
    const repository = imageRepository(own + rest);
    return repository.ok && kubeletMatches(key, repository.value);
  });
}

/** The key that the kubelet matches for a place; `undefined` where there is none. */
export function betterKey(place: string): string | undefined {
  return registryKeys(place).find((key) => isMatchedAsMeant(key, place));
}

/** Why the kubelet never uses a key for the images that it is meant for. */
export function whyNeverMatched(key: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(key)?.[0];
  const bare = withoutScheme(key);
  const [, host = ""] = /^([^/]*)/.exec(bare)!;
  if (scheme !== undefined && !/^https?:\/\/$/.test(scheme)) {
    return `the kubelet does not support ${scheme} in a key`;
  }
  if (/^[^/]*\/v[12]$/.test(bare)) {
    return `without a trailing slash, the kubelet treats ${bare.slice(-3)} as the path of an image`;
  }
  const place = meantBy(key);
  if (place !== undefined && hostOfRegistry(place) === "docker.io") {
    return "the kubelet knows Docker Hub only as docker.io and https://index.docker.io/v1/";
  }
  if (/[A-Z]/.test(bare)) return "the kubelet matches keys case-sensitively";
  if (/\/[^/:]+:[^/:]+$/.test(bare)) return "the kubelet matches images without their tag";
  if (/^\[[^\]]*\]$/.test(host)) return "the kubelet matches an IPv6 address only with a port";
  if (!/[.:]/.test(host)) {
    return "in an image name, the part before the first slash is a registry only if it contains a " +
      "dot or a port";
  }
  return "no image name starts with it";
}

function withoutScheme(key: string): string {
  return key.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
}
