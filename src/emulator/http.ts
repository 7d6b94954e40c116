import type { Buffer } from "node:buffer";
import http from "node:http";
import { Duplex } from "node:stream";
import { byteLength, joined } from "../text/bytes.ts";

/** A request as received; header names are in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Absent if it is longer than {@linkcode HttpOptions.maxBodyBytes}. */
  readonly body?: Uint8Array;
}

export interface HttpResponse {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer; or the connection is dropped, or held until the client disconnects. */
export type HttpOutcome = HttpResponse | "cut" | "hang";

export interface HttpOptions {
  readonly maxBodyBytes: number;
  readonly handle: (request: HttpRequest) => Promise<HttpOutcome>;
}

export interface HttpServer {
  readonly port: number;
  /** Closes the port and every connection, without waiting for requests under way. */
  pause(): Promise<void>;
  /** Listens again on the same port. @throws {Deno.errors.AddrInUse} */
  resume(): void;
  /** Closes the port and every connection; resolves when all are closed. */
  close(): Promise<void>;
}

type ClientError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

/** No timeouts for slow clients, and no Host header needed. */
const OPTIONS: http.ServerOptions = {
  maxHeaderSize: 64 * 1024,
  requireHostHeader: false,
  keepAliveTimeout: 0,
  headersTimeout: 0,
  requestTimeout: 0,
};

/**
 * A small HTTP/1.1 server on a free port of 127.0.0.1, with keep-alive, whose handler also controls the
 * connection. `Deno.serve` can neither drop a connection nor leave it unanswered, and node:http knows its
 * port only later. So Deno listens on the port, and node:http handles the connections.
 */
export function serveHttp({ maxBodyBytes, handle }: HttpOptions): HttpServer {
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const underWay = new Set<Promise<void>>();
  const until = (end: Promise<void>) => {
    underWay.add(end);
    return end.finally(() => underWay.delete(end));
  };

  const server = http.createServer(OPTIONS, (request, response) => {
    until(serve(request, response));
  });
  // Otherwise each connection would be closed after its first answer.
  Object.defineProperty(server, "listening", { value: true });
  server.on("clientError", (error, socket) => until(serveUnknown(error, socket)));

  /** Handles what node:http cannot parse: a non-standard method; not HTTP/1; or a disconnected client. */
  async function serveUnknown(error: ClientError, socket: Duplex): Promise<void> {
    const raw = error.code === "HPE_INVALID_METHOD" && error.rawPacket?.toString("latin1") || "";
    const [, method, target] = /^([A-Z]+) (\/\S*) HTTP\/1\.[01]\r\n/.exec(raw) ?? [];
    const [, authorization] = /^authorization: (.*)$/im.exec(raw) ?? [];
    const outcome = method && target
      ? await handle({ method, target, headers: { authorization }, body: new Uint8Array() })
      : "cut";
    if (outcome === "hang") return;
    if (outcome === "cut") return void socket.destroy();
    const { code, headers, body } = outcome;
    const all = { ...headers, "Content-Length": byteLength(body), Connection: "close" };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.end(`HTTP/1.1 ${code} ${http.STATUS_CODES[code]}\r\n${lines}\r\n${body}`);
  }

  async function serve(
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    const body = await bodyOf(request, maxBodyBytes).catch(() => "gone" as const);
    if (body === "gone") return;
    const { method = "", url: target = "", headers } = request;
    const outcome = await handle({ method, target, headers, ...(body && { body }) });
    if (outcome === "cut") request.socket.destroy();
    if (typeof outcome === "string") return;
    response.sendDate = false;
    const bytes = new TextEncoder().encode(outcome.body);
    response.writeHead(outcome.code, { ...outcome.headers, "Content-Length": bytes.length });
    response.end(bytes);
  }

  async function accept(): Promise<void> {
    for await (const connection of listener) {
      connection.setNoDelay();
      const socket = Duplex.fromWeb(connection as unknown as Parameters<typeof Duplex.fromWeb>[0]);
      socket.on("error", () => {}); // the client disconnected, or `pause()` closed the connection
      until(new Promise((resolve) => socket.once("close", resolve)));
      server.emit("connection", socket);
    }
  }

  let accepting: Promise<void> | undefined = accept();
  async function pause(): Promise<void> {
    if (accepting) {
      listener.close();
      await accepting;
      accepting = undefined;
    }
    server.closeAllConnections();
  }

  return {
    port,
    pause,
    resume() {
      if (accepting) return;
      listener = Deno.listen({ hostname: "127.0.0.1", port });
      accepting = accept();
    },
    async close() {
      await pause();
      await Promise.all(underWay);
    },
  };
}

/** `undefined` for a body that is too long, which is read and dropped. @throws when the client disconnects */
async function bodyOf(
  request: http.IncomingMessage,
  max: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= max) chunks.push(chunk);
  }
  return length > max ? undefined : joined(chunks);
}
