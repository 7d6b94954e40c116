import { hostOfRegistry } from "../kinds/registry.ts";
import { kubeletKey } from "./kubelet_keyring.ts";
import { isMatchedByAny, isPlaceOf, meantBy, whyNeverMatched } from "./registry_keys.ts";

/** Why the kubelet does not try an entry with this key for an image, as a clause. */
export function whyNotTried(key: string, repository: string): string {
  const own = kubeletKey(key);
  if (own === undefined) return "its key is not a valid URL, so the kubelet ignores it";
  const place = meantBy(key);
  const [host, port] = hostAndPort(repository);
  if (place === undefined) {
    return own.includes("*")
      ? "its key does not match: * matches any text within one part of a host, and ports must be equal"
      : isMatchedByAny(key)
      ? "its key does not match the image"
      : "no image name starts with its key";
  }
  if (isPlaceOf(place, repository)) return `its key does not match: ${whyNeverMatched(key)}`;
  const [ownHost, ownPort] = hostAndPort(place);
  if (ownHost !== host) return "it is for another registry";
  if (ownPort !== port) return "it is for another port of the registry";
  return "it is for another path of the registry";
}

function hostAndPort(place: string): [host: string, port: string] {
  const [, host = "", port = ""] = /^(.*?)(?::([0-9]+))?$/.exec(hostOfRegistry(place))!;
  return [host, port];
}
