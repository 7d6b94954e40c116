/**
 * Bytes of events that wait for a slow reader at most, one event of any size besides. Who is further
 * behind loses the rest of the stream: to wait for the reader would delay the clusters.
 */
const MAX_BEHIND = 4 * 1024 * 1024;

/** Milliseconds in which a reader has to take something when no more events will come. */
const STALLED_AFTER = 30_000;

/** Bytes that are handed on at once, so that a reader's progress through a large event shows. */
const PIECE = 64 * 1024;

/** Why a stream ended before its reader had all of it. */
export type Cut = "client_left" | "client_slow" | "client_stalled" | "error";

/** How the body of an answer has ended. */
export interface BodyEnd {
  /** Absent when the reader took all of it. */
  readonly cut?: Cut;
}

/** What the body of a stream that is cut fails with, so that its client does not take it for whole. */
export class StreamCut extends Error {
  override readonly name = "StreamCut";

  constructor(readonly cut: Cut) {
    super(`stream cut: ${cut}`);
  }
}

export interface NdjsonOptions {
  /** Aborted when the client has gone away, where that may be known before the body is cancelled. */
  readonly signal?: AbortSignal;
  /** Called when the reader has gone away. */
  readonly onGone?: () => void;
  /** Called with what was thrown by the events, or when one of them is no JSON. */
  readonly onError: (error: unknown) => void;
  /** Called when the events have ended. */
  readonly onProduced?: () => void;
  /** @default 4 MiB */
  readonly maxBehind?: number;
}

/**
 * Sends events as lines of JSON, each as soon as it is there. They are read to their end at their own
 * speed: a reader that is slow or gone holds up nothing.
 * @returns the body, and a promise of its end: when the events have ended, and the reader has taken
 * all or gets no more. It never rejects.
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
  /** Settled when the reader, which waits, has got something. */
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
    else to.error(new StreamCut(why)); // nothing, where the body was cancelled
    wanted?.resolve();
    settle();
  }

  function settle(): void {
    if (isProduced && isClosed) ended.resolve(cut === undefined ? {} : { cut });
  }

  /** Nobody is there to read. */
  function leave(): void {
    if (isClosed) return;
    close("client_left");
    options.onGone?.();
  }

  /** Gives to who waits. */
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

  /** Has an eye on a reader that other requests, and a shutdown, wait for. */
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
        if (hasFailed) continue; // what comes after a gap would pass for the whole
        try {
          add(event);
        } catch (error) { // it is no JSON; those that make the events are not stopped by that
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

/** Lines that wait, first in, first out. */
class Lines {
  #size = 0;
  #in: Uint8Array<ArrayBuffer>[] = [];
  /** The oldest last. */
  #out: Uint8Array<ArrayBuffer>[] = [];

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  add(line: Uint8Array<ArrayBuffer>): void {
    this.#in.push(line);
    this.#size += line.length;
  }

  /** The oldest line, or so many bytes of it; `undefined` when there is none. */
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
