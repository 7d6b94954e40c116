type Headers = Readonly<Record<string, string>>;

/** Headers of every response. */
const COMMON: Headers = {
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Headers of data: a browser that opens it as a page loads nothing and does not frame it. */
const DATA: Headers = {
  ...COMMON,
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

export const JSON_HEADERS: Headers = { "Content-Type": "application/json", ...DATA };

/**
 * Tells proxies not to compress (`no-transform`) or buffer (nginx) a stream: both would delay events.
 * @see https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2.2.6
 * @see https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
 */
export const STREAM_HEADERS: Headers = {
  "Content-Type": "application/x-ndjson",
  ...DATA,
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

/**
 * A page loads scripts, styles, images and data from this server only; inline scripts do not run. Caches
 * may store it but must revalidate it.
 *
 * `same-origin` rather than `no-referrer`: with the latter, browsers send `Origin: null` with a form of the
 * server's own page.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
export const STATIC_HEADERS: Headers = {
  ...COMMON,
  "Cache-Control": "no-cache",
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "same-origin",
};

/** JSON for people in a terminal: indented by two spaces, with a final newline. */
export function bodyText(body: object): string {
  return JSON.stringify(body, null, 2) + "\n";
}

/** Connects a response with all log lines of its request. */
export const REQUEST_ID_HEADER = "X-Request-Id";

/** Maximum length of a client's id, in characters. */
const MAX_ID = 64;

/** The client's id if it is short and safe to log, otherwise a new one. */
export function requestIdOf(header: string | null | undefined): string {
  const isSafe = header && header.length <= MAX_ID && /^[\w=-]+$/.test(header);
  return isSafe ? header : crypto.randomUUID();
}
