import { createMiddleware } from "hono/factory";
import type { Env, ServerDeps } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";

type GuardOptions = Pick<ServerDeps, "allowedHosts" | "corsOrigins">;

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
 * HTTP/2, which there is with TLS only, has no Host but an `:authority`, which is the URL's.
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
  // The URL's is another one when the request line has an absolute form.
  const target = URL.parse(url)?.hostname;
  if (name === undefined || target === undefined) {
    throw new OperationError("invalid_host", { isMissing: false });
  }
  if (isAllowedHost(name, options) && isAllowedHost(target, options)) return;
  throw new OperationError("host_not_allowed", {});
}

/** The name in `name:port`; `undefined` for anything else, two Hosts joined by a comma too. */
function hostName(host: string): string | undefined {
  return /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/.exec(host)?.[1]?.toLowerCase();
}

function isAllowedHost(name: string, { allowedHosts }: GuardOptions): boolean {
  return LOOPBACK.includes(name) ||
    allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/**
 * Whether a page is one of this server's own, at the allowed name by which it is asked. A server of
 * another scheme at that name is another one: where a proxy does TLS, what browsers say tells it.
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

/** Other types a page may send by POST without asking by a preflight first. */
function checkContentType(contentType: string | undefined): void {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw new OperationError("unsupported_content_type", {});
  }
}

/** Whether a page of this origin may ask, and read answers. */
export function isAllowedOrigin(origin: string, { corsOrigins }: GuardOptions): boolean {
  if (corsOrigins.includes(origin)) return true;
  const match = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/.exec(origin);
  return match !== null && LOOPBACK.includes(match[1]!);
}
