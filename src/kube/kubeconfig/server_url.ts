import { maskTokens } from "../../log/token_shapes.ts";
import { reject } from "./not_usable.ts";

const WHY = "the 'server' of its current cluster is not an http or https URL";

/**
 * Parses the API server's URL like client-go: without a scheme it is plain HTTP, and must be only a host
 * and port. User info and query are removed from the URL.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/rest/url_utils.go
 * @throws {NotUsable}
 */
export function serverUrl(server: string): { url: URL; user: string | undefined } {
  if (server === "") return reject(WHY);
  // Characters that JavaScript's URL would change to a slash, or drop.
  if (/[\s\\]|\p{Cc}/u.test(server)) return reject(WHY);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(server) ?? [];
  const text = scheme === undefined ? `http://${server}` : server;
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) return reject(WHY);
  const url = new URL(text);
  if (scheme === undefined && url.pathname !== "/") return reject(WHY);
  return { url: new URL(url.origin + url.pathname), user: userIn(text, url) };
}

/** The canonical spelling of an API server's URL: without a default port and trailing slashes. */
export function canonicalServer({ origin, pathname }: URL): string {
  return origin + pathname.replace(/(?<!\/)\/+$/, "");
}

/**
 * An API server's URL to show to users, in the spelling of {@link canonicalServer}. Its path may identify
 * the cluster behind a proxy (Rancher: `/k8s/clusters/c-m-abcdefgh`), and is shown. A segment that looks
 * like a token, or is as long as one and not a UUID, is masked.
 */
export function shownServer(server: URL): string {
  const { origin, pathname } = new URL(canonicalServer(server));
  const path = pathname.split("/").map((part) => mayBeSecret(part) ? "***" : maskTokens(part));
  return origin + path.join("/").replace(/\/$/, "");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a segment may be a token: names of clusters consist of words, which are rarely so long. */
const mayBeSecret = (part: string): boolean =>
  !UUID.test(part) && part.split(/[-._]/).some((word) => word.length >= 20 && /\d/.test(word));

function userIn(text: string, { username, password }: URL): string | undefined {
  if (!/^[^/?#]*:\/\/[^/?#]*@/.test(text)) return undefined;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return reject(WHY); // invalid percent-encoding
  }
}
