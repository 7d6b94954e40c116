type Headers = Readonly<Record<string, string>>;

/** Of every answer. */
const USUAL: Headers = {
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** For what is data: a browser that shows it as a page loads nothing, and shows it in no frame. */
const DATA: Headers = {
  ...USUAL,
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

export const JSON_HEADERS: Headers = { "Content-Type": "application/json", ...DATA };

/**
 * A proxy is asked neither to compress it (`no-transform`) nor to gather it (nginx), since both keep
 * events back.
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
 * A page gets scripts, styles, images and data from this server and nothing from anywhere else; what
 * is inline does not run. It is kept by caches, which ask each time whether it is still the same.
 *
 * `same-origin` and not `no-referrer`, with which browsers send `Origin: null` with a form of this
 * server's own page.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
export const STATIC_HEADERS: Headers = {
  ...USUAL,
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

/** People read it in a terminal: two spaces of indentation and a line end. */
export function bodyText(body: object): string {
  return JSON.stringify(body, null, 2) + "\n";
}

/** By which an answer and all log lines of its request are found. */
export const REQUEST_ID_HEADER = "X-Request-Id";

/** Longest id that is taken from a client, in characters. */
const MAX_ID = 64;

/** The client's id when it is short and safe to log, else a new one. */
export function requestIdOf(header: string | null | undefined): string {
  const isSafe = header && header.length <= MAX_ID && /^[\w=-]+$/.test(header);
  return isSafe ? header : crypto.randomUUID();
}
