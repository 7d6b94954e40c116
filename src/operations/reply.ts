/** The reply of an operation; its kind determines how it is sent (`server/send.ts`). */
export type Reply = Json | Stream | Static;

type Headers = Readonly<Record<string, string>>;

/** A status, a body to be sent as JSON, and additional headers. */
export interface Json {
  readonly kind?: "json";
  readonly status: number;
  readonly body: object;
  readonly headers?: Headers;
}

/** Events as they happen, one JSON text per line (NDJSON), with status 200. */
export interface Stream {
  readonly kind: "stream";
  /**
   * Creates the events. Called once, when the response starts, and not at all for a HEAD. All events are
   * consumed at their own speed, whether or not the client reads them. An exception is a bug: it is logged, and
   * the stream is cut off.
   */
  events(reader: StreamReader): AsyncIterable<object>;
  readonly headers?: Headers;
  /** Called once after the last event, or when it is known that none will be read. */
  readonly onOver?: () => void;
}

/** The client of a stream. */
export interface StreamReader {
  /** Aborted when the client has gone away; a slow client has no effect. */
  readonly gone: AbortSignal;
}

/** A page, a script or a style sheet. {@link staticReply} makes it. */
export interface Static {
  readonly kind: "static";
  /** With the charset, if it is text. */
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The value of the header: a strong ETag in quotes. */
  readonly etag: string;
  readonly headers?: Headers;
}

/**
 * Static content: create it once, not for each request.
 * @param contentType with the charset, if it is text: `text/html; charset=utf-8`
 */
export async function staticReply(
  contentType: string,
  content: string | Uint8Array<ArrayBuffer>,
): Promise<Static> {
  const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return { kind: "static", contentType, body, etag: `"${hash.toHex().slice(0, 32)}"` };
}

/**
 * Calls `act` once when a reply is finished: immediately, or for a stream after its last event.
 * @returns the reply to send
 */
export function whenOver<R extends Reply>(reply: R, act: () => void): R {
  if (reply.kind !== "stream") {
    act();
    return reply;
  }
  const { onOver } = reply;
  return {
    ...reply,
    onOver() {
      try {
        onOver?.();
      } finally {
        act();
      }
    },
  };
}
