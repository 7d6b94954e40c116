import { hostOfRegistry } from "../kinds/registry.ts";
import { kubeletKey } from "./kubelet_keyring.ts";
import { isMatchedByAny, isPlaceOf, meantBy, whyNeverMatched } from "./registry_keys.ts";

/** Why kubelet does not try an entry for an image, told by its key. */
export function whyNot(key: string, repository: string): string {
  const own = kubeletKey(key);
  if (own === undefined) return "its key is no URL, and kubelet passes over it";
  const place = meantBy(key);
  const [host, port] = hostAndPort(repository);
  if (place === undefined) {
    return own.includes("*")
      ? "does not match: * stands for anything in one part of a host, and ports must be equal"
      : isMatchedByAny(key)
      ? "its key does not match the image"
      : "no image name begins with its key";
  }
  if (isPlaceOf(place, repository)) return `does not match: ${whyNeverMatched(key)}`;
  const [ownHost, ownPort] = hostAndPort(place);
  if (ownHost !== host) return "is for another registry";
  if (ownPort !== port) return "is for another port of the registry";
  return "is for another path of the registry";
}

function hostAndPort(place: string): [host: string, port: string] {
  const [, host = "", port = ""] = /^(.*?)(?::([0-9]+))?$/.exec(hostOfRegistry(place))!;
  return [host, port];
}
