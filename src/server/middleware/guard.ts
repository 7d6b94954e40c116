import { createMiddleware } from "hono/factory";
import type { Env, ServerDeps } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";

type GuardOptions = Pick<ServerDeps, "allowedHosts" | "corsOrigins">;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Rejects web pages of other sites on a server without tokens, which any local user may use. Such a page
 * reaches the server through the user's browser; it is detected by its Host (its own name, resolved to
 * 127.0.0.1) or its Origin. Reads are rejected, too, although the page could not see the response: they run
 * kubectl and exec plugins. Preflight requests are always answered.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header for when browsers send it
 */
export function guard(options: GuardOptions) {
  return createMiddleware<Env>(async function guard(c, next) {
    if (c.req.method === "OPTIONS") return await next();
    const host = c.req.header("host") ?? authority(c.req.url);
    checkHost(host, c.req.url, options);
    const origin = c.req.header("origin");
    const site = c.req.header("sec-fetch-site");
    if (
      origin !== undefined && !isOwnPage(origin, host, c.req.url, site) &&
      !isAllowedOrigin(origin, options)
    ) throw new OperationError("origin_not_allowed", {});
    if (origin !== undefined && c.req.method === "POST") {
      checkContentType(c.req.header("content-type"));
    }
    if (origin === undefined && site !== undefined && site !== "none" && site !== "same-origin") {
      throw new OperationError("cross_site", {});
    }
    await next();
  });
}

/**
 * HTTP/2, used with TLS only, has no Host header but an `:authority`, which is part of the URL.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1
 */
function authority(url: string): string | undefined {
  return url.startsWith("https:") ? URL.parse(url)?.host : undefined;
}

function checkHost(host: string | undefined, url: string, options: GuardOptions): void {
  if (host === undefined || host === "") {
    throw new OperationError("invalid_host", { isMissing: true });
  }
  const name = hostName(host);
  // The URL has another host if the request line is in absolute form.
  const target = URL.parse(url)?.hostname;
  if (name === undefined || target === undefined) {
    throw new OperationError("invalid_host", { isMissing: false });
  }
  if (isAllowedHost(name, options) && isAllowedHost(target, options)) return;
  throw new OperationError("host_not_allowed", {});
}

/** The name in `name:port`; `undefined` if invalid, such as two Host headers joined by a comma. */
function hostName(host: string): string | undefined {
  return /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/.exec(host)?.[1]?.toLowerCase();
}

function isAllowedHost(name: string, { allowedHosts }: GuardOptions): boolean {
  return LOOPBACK.includes(name) ||
    allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/**
 * Whether the page is from this server, at the allowed host name of the request. A server with another
 * scheme at that name is a different one; behind a TLS proxy, Sec-Fetch-Site distinguishes them.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function isOwnPage(
  origin: string,
  host: string | undefined,
  url: string,
  site: string | undefined,
): boolean {
  if (host === undefined) return false;
  if (site !== undefined && site !== "same-origin") return false;
  const [, scheme, authority] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  return authority === host.toLowerCase() && (scheme === "https" || url.startsWith("http:"));
}

/** Requires JSON: a page may POST other types without a preflight request. */
function checkContentType(contentType: string | undefined): void {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw new OperationError("unsupported_content_type", {});
  }
}

/** Whether pages of this origin may send requests and read responses. */
export function isAllowedOrigin(origin: string, { corsOrigins }: GuardOptions): boolean {
  if (corsOrigins.includes(origin)) return true;
  const match = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/.exec(origin);
  return match !== null && LOOPBACK.includes(match[1]!);
}
