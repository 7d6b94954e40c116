/** Requests as no HTTP client would send them. */

export interface RawAnswer {
  /** 0 if the server closed the connection instead. */
  readonly status: number;
  /** Head and body. */
  readonly text: string;
}

export interface Connection extends Disposable {
  send(text: string): Promise<void>;
  /** Closes the client's direction. */
  end(): Promise<void>;
  answer(): Promise<RawAnswer>;
}

export async function connectTo(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  let got = new Uint8Array();

  /** @returns whether there was more */
  async function more(): Promise<boolean> {
    const buffer = new Uint8Array(65536);
    const count = await orClosed(connection.read(buffer));
    if (count === null || count === undefined) return false;
    got = new Uint8Array([...got, ...buffer.subarray(0, count)]);
    return true;
  }

  return {
    async send(text) {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.length;) {
        const count = await orClosed(connection.write(bytes.subarray(sent)));
        if (count === undefined) return; // the server may respond and close before it has read everything
        sent += count;
      }
    },
    end: async () => void await orClosed(connection.closeWrite()),
    async answer() {
      for (;;) {
        // One byte for each character, so that lengths are as given.
        const text = new TextDecoder("latin1").decode(got);
        const head = /^HTTP\/1\.[01] (\d+)[^]*?\r\n\r\n/.exec(text);
        const length = Number(/^content-length: (\d+)/im.exec(head?.[0] ?? "")?.[1] ?? 0);
        const whole = (head?.[0].length ?? Infinity) + length;
        if (head && got.length >= whole) {
          const answer = new TextDecoder().decode(got.subarray(0, whole));
          got = got.slice(whole);
          return { status: Number(head[1]), text: answer };
        }
        if (!await more()) return { status: 0, text };
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** One request on a connection of its own. */
export async function exchange(url: string, text: string): Promise<RawAnswer> {
  using connection = await connectTo(url);
  await connection.send(text);
  return await connection.answer();
}

/** `undefined` if the server has closed the connection. */
async function orClosed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { BrokenPipe, ConnectionReset, NotConnected } = Deno.errors;
    const closed = [BrokenPipe, ConnectionReset, NotConnected];
    if (closed.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
