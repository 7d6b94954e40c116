import type { Certified } from "../../scripts/control_plane/certificates.ts";

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** First lines of the requests, in order: `CONNECT HOST:PORT HTTP/1.1`. */
  readonly seen: readonly string[];
  /** Values of `Proxy-Authorization`, in order. */
  readonly authorizations: readonly (string | undefined)[];
}

export interface ProxyOptions {
  /** @default plain HTTP */
  readonly tls?: Certified;
  /** The status for each request. @default 200, and it connects */
  readonly status?: number;
}

/**
 * A forward proxy that resolves every name to 127.0.0.1, so that tests can use names that do not
 * exist. It supports CONNECT, and forwards requests for absolute http URLs.
 */
export function startProxy({ tls, status = 200 }: ProxyOptions = {}): TestProxy {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener = tls
    ? Deno.listenTls({ ...address, cert: tls.certificate, key: tls.key })
    : Deno.listen(address);
  const seen: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const open = new Set<Deno.Conn>();
  const serving = new Set<Promise<void>>();

  async function serveClient(client: Deno.Conn): Promise<void> {
    const head = await headOf(client);
    const [line = ""] = head.split("\r\n");
    seen.push(line);
    authorizations.push(/^proxy-authorization: (.*)\r$/im.exec(head)?.[1]);
    const [, method, target = ""] = /^(\S+) (\S+) /.exec(line) ?? [];
    const say = (text: string, to = client) => to.write(new TextEncoder().encode(text));
    if (status !== 200) {
      return void await say(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    }
    const url = new URL(method === "CONNECT" ? `https://${target}` : target);
    const upstream = await Deno.connect({ hostname: "127.0.0.1", port: Number(url.port) });
    open.add(upstream);
    if (method === "CONNECT") await say("HTTP/1.1 200 Connection established\r\n\r\n");
    else await say(head.replace(target, url.pathname + url.search), upstream);
    await Promise.allSettled([pipe(client, upstream), pipe(upstream, client)]);
  }

  async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    await from.readable.pipeTo(to.writable);
  }

  const accepting = (async () => {
    for await (const client of listener) {
      open.add(client);
      const served = serveClient(client).catch(() => {}).finally(() => close(client));
      serving.add(served);
    }
  })();

  return {
    port: (listener.addr as Deno.NetAddr).port,
    seen,
    authorizations,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting.catch(() => {});
      open.forEach(close);
      await Promise.allSettled(serving);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* it is closed */ }
}

async function headOf(client: Deno.Conn): Promise<string> {
  let head = "";
  const buffer = new Uint8Array(4096);
  while (!head.includes("\r\n\r\n")) {
    const count = await client.read(buffer);
    if (count === null) break;
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}
