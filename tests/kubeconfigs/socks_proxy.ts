/** A SOCKS 5 proxy without passwords, for IPv4 addresses only. @see RFC 1928 */
export interface SocksProxy extends AsyncDisposable {
  /** socks5://127.0.0.1:PORT */
  readonly url: string;
  /** The number of connections made through it. */
  connections(): number;
}

export function socksProxy(): SocksProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const open = new Set<Deno.Conn>();

  async function serve(client: Deno.Conn): Promise<void> {
    await read(client, (await read(client, 2))[1]!); // the offered methods
    await client.write(Uint8Array.of(5, 0)); // no password
    const request = await read(client, 10); // version, CONNECT, 0, IPv4, the address and the port
    const hostname = request.subarray(4, 8).join(".");
    const port = request[8]! * 256 + request[9]!;
    const server = await Deno.connect({ hostname, port });
    open.add(server);
    connections++;
    await client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    await Promise.all([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  }

  const accepting = (async () => {
    const served: Promise<void>[] = [];
    for await (const client of listener) {
      open.add(client);
      served.push(serve(client).catch(() => {})); // one of the two has disconnected
    }
    await Promise.all(served);
  })();

  return {
    url: `socks5://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const each of open) {
        try {
          each.close();
        } catch {
          // closed by its pipe
        }
      }
      await accepting;
    },
  };
}

async function read(from: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await from.read(bytes.subarray(at));
    if (count === null) throw new Error("the client has disconnected");
    at += count;
  }
  return bytes;
}
