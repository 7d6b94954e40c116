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
