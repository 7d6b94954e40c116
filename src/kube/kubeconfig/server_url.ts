import { maskTokens } from "../../log/token_shapes.ts";
import { refuse } from "./refused.ts";

const WHY = "its current cluster has no 'server' that is an http or https URL";

/**
 * The API server's URL as client-go reads it: without a scheme it is plain HTTP, and only a host and
 * port. Its user and query are not part of it.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/rest/url_utils.go
 * @throws {NotUsable}
 */
export function serverUrl(server: string): { url: URL; user: string | undefined } {
  if (server === "") return refuse(WHY);
  // What JavaScript would make a slash of, or leave out.
  if (/[\s\\]|\p{Cc}/u.test(server)) return refuse(WHY);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(server) ?? [];
  const text = scheme === undefined ? `http://${server}` : server;
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) return refuse(WHY);
  const url = new URL(text);
  if (scheme === undefined && url.pathname !== "/") return refuse(WHY);
  return { url: new URL(url.origin + url.pathname), user: userIn(text, url) };
}

/** An API server's URL in one spelling: a port that its scheme has anyway and last slashes are left out. */
export function canonicalServer({ origin, pathname }: URL): string {
  return origin + pathname.replace(/(?<!\/)\/+$/, "");
}

/**
 * An API server's URL as it is shown, in the spelling of {@link canonicalServer}. Proxies in front of
 * clusters have the cluster's id in its path (Rancher: `/k8s/clusters/c-m-abcdefgh`), which tells one
 * cluster from another and is shown; a part of it that looks like a token, or is as long as one and
 * no UUID, is not.
 */
export function shownServer(server: URL): string {
  const { origin, pathname } = new URL(canonicalServer(server));
  const path = pathname.split("/").map((part) => mayBeSecret(part) ? "***" : maskTokens(part));
  return origin + path.join("/").replace(/\/$/, "");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Names of clusters are made of words, and a word of them is seldom so long. */
const mayBeSecret = (part: string): boolean =>
  !UUID.test(part) && part.split(/[-._]/).some((word) => word.length >= 20 && /\d/.test(word));

function userIn(text: string, { username, password }: URL): string | undefined {
  if (!/^[^/?#]*:\/\/[^/?#]*@/.test(text)) return undefined;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return refuse(WHY); // its escapes are none
  }
}
