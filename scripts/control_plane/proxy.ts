/** A forward proxy on loopback that supports CONNECT only, which `proxy-url` needs for https. */
import { join } from "node:path";

export interface Proxy {
  /** http://127.0.0.1:PORT */
  url: string;
  /** Closes the port and every connection; resolves when all are closed. */
  stop(): Promise<void>;
}

const logFile = (dir: string): string => join(dir, "proxy.log");

/**
 * The `HOST:PORT` of each CONNECT, oldest first.
 * @param dir the control plane's folder
 */
export async function proxyTargets(dir: string): Promise<string[]> {
  return (await Deno.readTextFile(logFile(dir))).split("\n").filter((line) => line !== "");
}

/** Records each target in a file of the folder, and connects to 127.0.0.1 and localhost only. */
export function startProxy(dir: string): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  Deno.writeTextFileSync(logFile(dir), "");
  const open = new Set<Deno.Conn>();
  const serving = new Set<Promise<void>>();

  async function accept(): Promise<void> {
    for await (const client of listener) {
      open.add(client);
      const served = serve(client).catch(() => {}) // the client disconnected
        .finally(() => serving.delete(served));
      serving.add(served);
    }
  }

  async function serve(client: Deno.Conn): Promise<void> {
    try {
      const [, target, host, port] =
        /^CONNECT (([^\s:]+):(\d+)) HTTP\/1\.[01]\r\n/.exec(await head(client)) ?? [];
      if (!target) return await say(client, "405 Method Not Allowed");
      Deno.writeTextFileSync(logFile(dir), `${target}\n`, { append: true });
      if (host !== "127.0.0.1" && host !== "localhost") return await say(client, "403 Forbidden");
      const upstream = await Deno.connect({ hostname: host, port: Number(port) })
        .catch(() => undefined);
      if (!upstream) return await say(client, "502 Bad Gateway");
      open.add(upstream);
      const pipes = [pipe(client, upstream), pipe(upstream, client)];
      try {
        await say(client, "200 Connection established");
        await Promise.race(pipes);
      } finally {
        close(client);
        close(upstream);
        await Promise.allSettled(pipes);
      }
    } finally {
      close(client);
    }
  }

  function close(connection: Deno.Conn): void {
    if (open.delete(connection)) connection.close();
  }

  const accepting = accept();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async stop() {
      listener.close();
      await accepting;
      for (const connection of open) close(connection);
      await Promise.all(serving);
    },
  };
}

/** A client of CONNECT waits for the response, so that nothing follows the head. */
async function head(client: Deno.Conn): Promise<string> {
  let text = "";
  const bytes = new Uint8Array(4096);
  while (!text.includes("\r\n\r\n") && text.length < 16_384) {
    const length = await client.read(bytes);
    if (length === null) break;
    text += new TextDecoder().decode(bytes.subarray(0, length));
  }
  return text;
}

async function say(client: Deno.Conn, status: string): Promise<void> {
  await client.write(new TextEncoder().encode(`HTTP/1.1 ${status}\r\n\r\n`));
}

async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await from.read(bytes);
    if (length === null) return;
    for (let at = 0; at < length;) at += await to.write(bytes.subarray(at, length));
  }
}
