/** A status, the body as JSON will have it, and headers besides the usual. */
export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The envelope of every error. */
export function envelope(status: number, message: string, more: object = {}): Answer {
  return { status, body: { error: true, message, status_code: status, ...more } };
}

/** Of every answer. */
export const HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

/** People read it in a terminal: two spaces of indentation and a line end. */
export function bodyText(body: object): string {
  return JSON.stringify(body, null, 2) + "\n";
}
