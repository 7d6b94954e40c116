/**
 * Maximum size of buffered events for a slow reader, in bytes, plus one event of any size. The stream of a
 * slower reader is cut: waiting for it would delay the clusters.
 */
const MAX_BEHIND = 4 * 1024 * 1024;

/** Time in which a reader must read something once all events are produced, in milliseconds. */
const STALLED_AFTER = 30_000;

/** Chunk size in bytes, so that progress of a reader within a large event is visible. */
const PIECE = 64 * 1024;

/** Why a stream was cut. */
export type Cut = "client_left" | "client_slow" | "client_stalled" | "error";

/** How a response body has ended. */
export interface BodyEnd {
  /** Absent if the reader received everything. */
  readonly cut?: Cut;
}

/** Error of the body of a cut stream, so that its client does not take it for complete. */
export class StreamCut extends Error {
  override readonly name = "StreamCut";

  constructor(readonly cut: Cut) {
    super(`stream cut: ${cut}`);
  }
}

export interface NdjsonOptions {
  /** Aborted when the client leaves, possibly before the body is cancelled. */
  readonly signal?: AbortSignal;
  /** Called when the reader leaves. */
  readonly onGone?: () => void;
  /** Called with an error of the event source, or when an event cannot be serialized. */
  readonly onError: (error: unknown) => void;
  /** Called when all events are produced. */
  readonly onProduced?: () => void;
  /** @default 4 MiB */
  readonly maxBehind?: number;
}

/**
 * Sends events as lines of JSON, each as soon as it is produced. The event source is always read to its
 * end: a slow or absent reader does not block it.
 * @returns the body and a promise that resolves when all events are produced and the reader has received
 * them or the stream is cut. The promise never rejects.
 */
export function ndjson(
  events: AsyncIterable<object>,
  options: NdjsonOptions,
): { body: ReadableStream<Uint8Array<ArrayBuffer>>; ended: Promise<BodyEnd> } {
  const { maxBehind = MAX_BEHIND, signal } = options;
  const encoder = new TextEncoder();
  const ended = Promise.withResolvers<BodyEnd>();
  const lines = new Lines();
  let to: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** Resolved when the waiting reader has received something. */
  let wanted: PromiseWithResolvers<void> | undefined;
  let isProduced = false;
  let hasFailed = false;
  let isClosed = false;
  let cut: Cut | undefined;
  let stalled: ReturnType<typeof setTimeout> | undefined;

  /** Ends the body. */
  function close(why?: Cut): void {
    if (isClosed) return;
    isClosed = true;
    cut = why;
    lines.drop();
    clearTimeout(stalled);
    if (why === undefined) to.close();
    else to.error(new StreamCut(why)); // no effect if the body was cancelled
    wanted?.resolve();
    settle();
  }

  function settle(): void {
    if (isProduced && isClosed) ended.resolve(cut === undefined ? {} : { cut });
  }

  /** The reader has left. */
  function leave(): void {
    if (isClosed) return;
    close("client_left");
    options.onGone?.();
  }

  /** Hands data to a waiting reader. */
  function feed(): void {
    if (isClosed || wanted === undefined) return;
    const piece = lines.take(PIECE);
    if (piece !== undefined) {
      to.enqueue(piece);
      wanted.resolve();
      wanted = undefined;
    } else if (hasFailed) close("error");
    else if (isProduced) close();
  }

  /** Cuts a stalled stream, because a shutdown waits for it. */
  function watch(): void {
    clearTimeout(stalled);
    if (isProduced && !isClosed) stalled = setTimeout(() => close("client_stalled"), STALLED_AFTER);
  }

  function add(event: object): void {
    if (isClosed) return;
    const line = encoder.encode(JSON.stringify(event) + "\n");
    if (lines.size > 0 && lines.size + line.length > maxBehind) return close("client_slow");
    lines.add(line);
    feed();
  }

  function fail(error: unknown): void {
    hasFailed = true;
    options.onError(error);
    feed();
  }

  async function produce(): Promise<void> {
    try {
      for await (const event of events) {
        if (hasFailed) continue; // events after a gap would look complete
        try {
          add(event);
        } catch (error) { // not serializable; the event source still runs to its end
          fail(error);
        }
      }
    } catch (error) {
      fail(error);
    }
    isProduced = true;
    try {
      options.onProduced?.();
    } catch (error) {
      options.onError(error);
    }
    feed();
    watch();
    settle();
  }

  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      to = controller;
    },
    pull() {
      const { promise } = wanted = Promise.withResolvers<void>();
      feed();
      watch();
      return promise;
    },
    cancel: leave,
  }, { highWaterMark: 0 });
  signal?.addEventListener("abort", leave);
  if (signal?.aborted) leave();
  produce();
  return { body, ended: ended.promise };
}

/** A queue of lines. */
class Lines {
  #size = 0;
  #in: Uint8Array<ArrayBuffer>[] = [];
  /** Reversed: the oldest last. */
  #out: Uint8Array<ArrayBuffer>[] = [];

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  add(line: Uint8Array<ArrayBuffer>): void {
    this.#in.push(line);
    this.#size += line.length;
  }

  /** The oldest line, or its first `most` bytes; `undefined` if the queue is empty. */
  take(most: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#out.length === 0) [this.#in, this.#out] = [[], this.#in.reverse()];
    const line = this.#out.pop();
    if (line === undefined) return undefined;
    const piece = line.subarray(0, most);
    if (piece.length < line.length) this.#out.push(line.subarray(most));
    this.#size -= piece.length;
    return piece;
  }

  drop(): void {
    this.#in = [];
    this.#out = [];
    this.#size = 0;
  }
}
