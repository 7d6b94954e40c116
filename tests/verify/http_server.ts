import type { Certified } from "../../scripts/control_plane/certificates.ts";

/** A request as the server received it. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly host: string;
  readonly authorization: string | undefined;
}

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** http://127.0.0.1:PORT, or with https */
  readonly url: string;
  /** The requests, in order. */
  readonly seen: readonly Seen[];
}

export interface ServerOptions {
  /** @default plain HTTP */
  readonly tls?: Certified;
  /** An address of the loopback range. @default 127.0.0.1 */
  readonly address?: string;
}

/** A server on a free port of this machine that records its requests. */
export function serve(
  handler: (request: Request) => Response | Promise<Response>,
  { tls, address = "127.0.0.1" }: ServerOptions = {},
): TestServer {
  const seen: Seen[] = [];
  const server = Deno.serve({
    hostname: address,
    port: 0,
    onListen: () => {},
    ...(tls && { cert: tls.certificate, key: tls.key }),
  }, (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push({
      method: request.method,
      path: pathname + search,
      host: request.headers.get("host") ?? "",
      authorization: request.headers.get("authorization") ?? undefined,
    });
    return handler(request);
  });
  const { port } = server.addr;
  return {
    port,
    url: `${tls ? "https" : "http"}://${address}:${port}`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The accepted `Authorization` headers; `*` accepts every request. */
export type Visitors = readonly string[];

export function basicHeader(username: string, password: string): string {
  return `Basic ${new TextEncoder().encode(`${username}:${password}`).toBase64()}`;
}

/** The response to an unauthorized request; `undefined` for an accepted one. */
export function turnedAway(request: Request, visitors: Visitors): Response | undefined {
  const shown = request.headers.get("authorization");
  if (visitors.includes("*") || (shown !== null && visitors.includes(shown))) return undefined;
  const headers = { "www-authenticate": 'Basic realm="test"' };
  return new Response("who are you?", { status: 401, headers });
}
