/** What an operation answers with; how it is sent follows from its kind (`server/send.ts`). */
export type Reply = Json | Stream | Static;

type Headers = Readonly<Record<string, string>>;

/** A status, the body as JSON will have it, and headers besides the usual. */
export interface Json {
  readonly kind?: "json";
  readonly status: number;
  readonly body: object;
  readonly headers?: Headers;
}

/** Events as they happen, one JSON text a line (NDJSON), with status 200. */
export interface Stream {
  readonly kind: "stream";
  /**
   * Makes the events. Called once, when the answer begins, and not at all for a HEAD. The events are
   * read to their end at their own speed, whether or not anybody reads the answer. What is thrown
   * there is a bug: it is logged and cuts the stream.
   */
  events(reader: StreamReader): AsyncIterable<object>;
  readonly headers?: Headers;
  /** Called once when the events have ended, or when it is known that nobody asks for them. */
  readonly onOver?: () => void;
}

/** Who reads a stream, as far as what makes the events may want to know. */
export interface StreamReader {
  /** Aborted when the client has gone away; one that only reads slowly changes nothing. */
  readonly gone: AbortSignal;
}

/** A page, a script or a style sheet. {@link staticReply} makes it. */
export interface Static {
  readonly kind: "static";
  /** With its charset, where it is text. */
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** As the header has it: strong and in quotes. */
  readonly etag: string;
  readonly headers?: Headers;
}

/**
 * Content that stays the same while the program runs: make it once, not for each request.
 * @param contentType with its charset, where it is text: `text/html; charset=utf-8`
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
 * Has `act` called once when nothing is done for a reply any more: at once, but for a stream when its
 * events have ended.
 * @returns the reply to go on with
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
