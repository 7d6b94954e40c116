/** A request that the edge refuses by itself; answered with the envelope. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 421 | 429 | 503,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** That it is about, for the audit log. */
    readonly cluster?: string,
  ) {
    super(message);
  }
}
