import { shownUrl } from "../kinds/url.ts";
import { hostOfRegistry, registryKeys, registryName, registryPlace } from "../kinds/registry.ts";
import { imageRepository } from "./image_name.ts";
import { kubeletKey, kubeletMatches } from "./kubelet_keyring.ts";

/**
 * What a key of a Docker configuration is meant for, by a person's understanding: `ghcr.io` of
 * `oci://ghcr.io`, of `GHCR.IO/v2` and of `ghcr.io:latest`, Docker Hub's first name of its others.
 * User information and a query are left out, as kubelet leaves them out. `undefined` where it is no registry,
 * or has wildcards.
 */
export function meantBy(key: string): string | undefined {
  const bare = withoutScheme(key).replace(/[?#].*$/s, "").replace(/^[^/]*@/, "");
  const place = registryPlace(bare.replace(/(\/[^/:]+):[^/:]+$/, "$1"));
  return place === undefined ? undefined : registryName(place);
}

/**
 * The same, as far as it may be shown: a token that stands in the path of a key is not, and then the host
 * is all that is. Masked first: a place is in lower case, and a token is known by its letters' case.
 */
export function placeShown(key: string): string | undefined {
  const shown = shownUrl(key);
  return meantBy(shown) ?? meantBy(withoutScheme(shown).replace(/\/.*$/s, ""));
}

/** Whether a place that {@link meantBy} gave has an image in it. */
export function isPlaceOf(place: string, repository: string): boolean {
  return repository === place || repository.startsWith(place.replace(/\/?$/, "/"));
}

/** Whether kubelet matches a key with the images that it is meant for. */
export function isMatchedAsMeant(key: string, place: string): boolean {
  const repository = imageRepository(`${place.replace(/\/$/, "")}/x`);
  return repository.ok && kubeletMatches(key, repository.value);
}

/** Whether there may be an image for which kubelet takes a key that has no wildcards, meant or not. */
export function isMatchedByAny(key: string): boolean {
  const own = kubeletKey(key) ?? "";
  return ["", "x", "/x"].some((rest) => {
    const repository = imageRepository(own + rest);
    return repository.ok && kubeletMatches(key, repository.value);
  });
}

/** What to write a login for a place under, where there is something that kubelet understands. */
export function betterKey(place: string): string | undefined {
  return registryKeys(place).find((key) => isMatchedAsMeant(key, place));
}

/** Why kubelet never takes a key for what it is meant for. */
export function whyNeverMatched(key: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(key)?.[0];
  const bare = withoutScheme(key);
  const [, host = ""] = /^([^/]*)/.exec(bare)!;
  if (scheme !== undefined && !/^https?:\/\/$/.test(scheme)) {
    return `kubelet knows no ${scheme} in a key`;
  }
  if (/^[^/]*\/v[12]$/.test(bare)) {
    return `kubelet takes ${bare.slice(-3)} without a slash behind it for the path of an image`;
  }
  const place = meantBy(key);
  if (place !== undefined && hostOfRegistry(place) === "docker.io") {
    return "kubelet knows Docker Hub by docker.io and by https://index.docker.io/v1/ only";
  }
  if (/[A-Z]/.test(bare)) return "kubelet tells upper case from lower case";
  if (/\/[^/:]+:[^/:]+$/.test(bare)) return "kubelet compares images without their tag";
  if (/^\[[^\]]*\]$/.test(host)) return "kubelet matches an IPv6 address only with a port";
  if (!/[.:]/.test(host)) {
    return "kubelet takes what is before an image's first slash for a registry only where it has a " +
      "dot or a port";
  }
  return "no image name begins with it";
}

function withoutScheme(key: string): string {
  return key.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
}
