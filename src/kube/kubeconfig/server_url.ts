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

function userIn(text: string, { username, password }: URL): string | undefined {
  if (!/^[^/?#]*:\/\/[^/?#]*@/.test(text)) return undefined;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return refuse(WHY); // its escapes are none
  }
}
