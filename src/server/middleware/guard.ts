import { createMiddleware } from "hono/factory";
import type { Env } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";

export interface GuardOptions {
  /** Host names that are answered, besides this machine's. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may use the API, besides this machine's. */
  readonly corsOrigins: readonly string[];
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Without a token anyone on this machine may act, but no web page may: a page of another site that
 * reaches us through the user's browser is told by its Host (a name of its own that it had
 * resolve to 127.0.0.1) or by its Origin. That it could not see the answer is not enough: a read, too,
 * runs kubectl and what kubeconfigs name. The preflight answers anyone.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header for when browsers send it
 */
export function guard(options: GuardOptions) {
  return createMiddleware<Env>(async function guard(c, next) {
    if (c.req.method === "OPTIONS") return await next();
    const host = c.req.header("host") ?? authority(c.req.url);
    checkHost(host, c.req.url, options);
    const origin = c.req.header("origin");
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    if (!(isRead && isOwnOrigin(origin, host))) checkOrigin(origin, options);
    if (origin !== undefined && c.req.method === "POST") {
      checkContentType(c.req.header("content-type"));
    }
    const site = c.req.header("sec-fetch-site");
    if (origin === undefined && site !== undefined && site !== "none" && site !== "same-origin") {
      throw new HttpError(403, "Requests from pages of other sites are refused");
    }
    await next();
  });
}

/**
 * HTTP/2, which there is with TLS only, has no Host but an `:authority`, which is the URL's.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1
 */
function authority(url: string): string | undefined {
  return url.startsWith("https:") ? URL.parse(url)?.host : undefined;
}

function checkHost(host: string | undefined, url: string, options: GuardOptions): void {
  if (host === undefined || host === "") throw new HttpError(400, "Header 'Host' is missing");
  const name = hostName(host);
  // The URL's is another one when the request line has an absolute form.
  const target = URL.parse(url)?.hostname;
  if (name === undefined || target === undefined) {
    throw new HttpError(400, "Header 'Host' is not one host name");
  }
  if (isAllowedHost(name, options) && isAllowedHost(target, options)) return;
  throw new HttpError(
    421,
    "This server does not answer to that host name; add it to the setting allowed-hosts",
  );
}

/** The name in `name:port`; `undefined` for anything else, two Hosts joined by a comma too. */
function hostName(host: string): string | undefined {
  return /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/.exec(host)?.[1]?.toLowerCase();
}

function isAllowedHost(name: string, { allowedHosts }: GuardOptions): boolean {
  return LOOPBACK.includes(name) ||
    allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/** Whether a page is one of this server's own, at the allowed name by which it is asked. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined &&
    /^https?:\/\//.test(origin) &&
    origin.replace(/^https?:\/\//, "") === host.toLowerCase();
}

function checkOrigin(origin: string | undefined, options: GuardOptions): void {
  if (origin === undefined || isAllowedOrigin(origin, options)) return;
  throw new HttpError(
    403,
    "Requests from pages of this origin are refused; add it to the setting cors-origins",
  );
}

/** Other types a page may send by POST without asking by a preflight first. */
function checkContentType(contentType: string | undefined): void {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw new HttpError(415, "Pages must send the body as Content-Type: application/json");
  }
}

/** Whether a page of this origin may ask, and read answers. */
export function isAllowedOrigin(origin: string, { corsOrigins }: GuardOptions): boolean {
  if (corsOrigins.includes(origin)) return true;
  const match = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/.exec(origin);
  return match !== null && LOOPBACK.includes(match[1]!);
}
