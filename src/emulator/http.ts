/** A request as it came; header names in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Absent when it was longer than {@linkcode HttpOptions.maxBodyBytes}. */
  readonly body?: Uint8Array;
}

export interface HttpResponse {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer; or none: the connection is dropped, or held until the client goes. */
export type HttpOutcome = HttpResponse | "cut" | "hang";

export interface HttpOptions {
  readonly maxBodyBytes: number;
  readonly handle: (request: HttpRequest) => Promise<HttpOutcome>;
}

export interface HttpServer {
  readonly port: number;
  /** Closes the port and every connection, without waiting for what is under way. */
  pause(): Promise<void>;
  /** Takes connections again, at the same port. @throws {Deno.errors.AddrInUse} */
  resume(): void;
  /** Closes the port and every connection; resolves when all are gone. */
  close(): Promise<void>;
}

const MAX_HEAD_BYTES = 64 * 1024;

/**
 * A small HTTP/1.1 server on a free port of 127.0.0.1, with keep-alive, whose handler decides over
 * the connection too. `Deno.serve` can neither drop a connection nor leave it unanswered, and a
 * node:http server tells its port only later.
 */
export function serveHttp({ maxBodyBytes, handle }: HttpOptions): HttpServer {
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const connections = new Map<Deno.Conn, Promise<void>>();

  async function accept(): Promise<void> {
    for await (const connection of listener) {
      const served = serveConnection(connection).finally(() => connections.delete(connection));
      connections.set(connection, served);
    }
  }

  async function serveConnection(connection: Deno.Conn): Promise<void> {
    const input = new Input(connection);
    try {
      for (;;) {
        const request = await readRequest(connection, input, maxBodyBytes);
        if (!request) return;
        const outcome = await handle(request);
        if (outcome === "cut") return;
        if (outcome === "hang") return await input.untilEnd();
        const last = request.headers.get("connection")?.toLowerCase() === "close";
        await writeResponse(connection, outcome, last);
        if (last) return;
      }
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    } finally {
      close(connection);
    }
  }

  let accepting: Promise<void> | undefined = accept();
  async function pause(): Promise<void> {
    if (accepting) {
      listener.close();
      await accepting;
      accepting = undefined;
    }
    for (const connection of connections.keys()) close(connection);
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
      await Promise.all(connections.values());
    },
  };
}

/** @returns Nothing where the client has closed instead, or does not speak HTTP/1. */
async function readRequest(
  connection: Deno.Conn,
  input: Input,
  maxBodyBytes: number,
): Promise<HttpRequest | undefined> {
  const head = await input.through("\r\n\r\n", MAX_HEAD_BYTES);
  const [requestLine = "", ...lines] = head?.split("\r\n") ?? [];
  const match = /^([A-Z]+) (\/\S*) HTTP\/1\.[01]$/.exec(requestLine);
  if (!match) return undefined;
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  if (headers.get("expect")?.toLowerCase() === "100-continue") {
    await writeAll(connection, new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const take = (chunk: Uint8Array) => {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  };
  if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") {
    await readChunks(input, take);
  } else {
    await input.take(Number(headers.get("content-length") ?? 0), take);
  }
  const [, method = "", target = ""] = match;
  if (length > maxBodyBytes) return { method, target, headers };
  return { method, target, headers, body: concat(chunks) };
}

async function readChunks(input: Input, take: (chunk: Uint8Array) => void): Promise<void> {
  for (;;) {
    const size = Number.parseInt(await input.through("\r\n", MAX_HEAD_BYTES) ?? "", 16);
    if (!(size > 0)) break;
    await input.take(size, take);
    await input.through("\r\n", 2);
  }
  while (await input.through("\r\n", MAX_HEAD_BYTES)) {
    // Trailers, to the empty line.
  }
}

/** What has been read of a connection and not yet been used. */
class Input {
  #rest = new Uint8Array(0);

  constructor(readonly connection: Deno.Conn) {}

  /** @returns The text before the delimiter, or nothing where it does not come. */
  async through(delimiter: string, maxBytes: number): Promise<string | undefined> {
    for (;;) {
      const text = new TextDecoder().decode(this.#rest.subarray(0, maxBytes + delimiter.length));
      const end = text.indexOf(delimiter);
      if (end >= 0) {
        const used = new TextEncoder().encode(text.slice(0, end)).length + delimiter.length;
        this.#rest = this.#rest.subarray(used);
        return text.slice(0, end);
      }
      if (this.#rest.length > maxBytes || !await this.#more()) return undefined;
    }
  }

  async take(bytes: number, use: (chunk: Uint8Array) => void): Promise<void> {
    for (let left = bytes; left > 0;) {
      if (this.#rest.length === 0 && !await this.#more()) throw new Deno.errors.UnexpectedEof();
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      use(chunk);
    }
  }

  async untilEnd(): Promise<void> {
    while (await this.#more()) this.#rest = new Uint8Array(0);
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(16 * 1024);
    const length = await this.connection.read(chunk);
    if (length === null) return false;
    this.#rest = concat([this.#rest, chunk.subarray(0, length)]);
    return true;
  }
}

function writeResponse(
  connection: Deno.Conn,
  { code, headers, body }: HttpResponse,
  last: boolean,
): Promise<void> {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(body);
  const all = { ...headers, "Content-Length": bytes.length, ...(last && { Connection: "close" }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = encoder.encode(`HTTP/1.1 ${code} ${REASON_PHRASES[code] ?? ""}\r\n${lines}\r\n`);
  return writeAll(connection, concat([head, bytes]));
}

/** kubectl prints the phrase where a body is no Status. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
}

/** The client went, or `close()` took the connection away. */
function isDisconnect(error: unknown): boolean {
  const {
    BadResource,
    BrokenPipe,
    ConnectionAborted,
    ConnectionReset,
    Interrupted,
    UnexpectedEof,
  } = Deno.errors;
  return [
    BadResource,
    BrokenPipe,
    ConnectionAborted,
    ConnectionReset,
    Interrupted,
    UnexpectedEof,
  ].some((kind) => error instanceof kind);
}
