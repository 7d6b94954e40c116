export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** Resolves when so many connections have come, and all that have come were closed by clients. */
  allGone(connections: number): Promise<void>;
}

/**
 * A server that sends to each connection what `say` writes, unchanged, and then nothing more until
 * the client disconnects.
 * @param say gets the request; it stops when `write` fails
 */
export function startRawServer(
  say: (write: (text: string) => Promise<void>, asked: string) => Promise<void>,
): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving: Promise<void>[] = [];

  async function serveClient(client: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65536);
    const count = await client.read(buffer).catch(() => null);
    const asked = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    const write = async (text: string) => {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
    };
    const saying = say(write, asked).catch(() => {}); // the client has gone
    while (await client.read(buffer).catch(() => null) !== null);
    client.close();
    await saying;
  }

  const accepting = (async () => {
    for await (const client of listener) serving.push(serveClient(client));
  })();
  const { port } = listener.addr;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async allGone(connections) {
      for (let waits = 0; serving.length < connections; waits++) {
        if (waits > 2000) throw new Error(`only ${serving.length} connections came`);
        await pause(5);
      }
      await Promise.all(serving);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
