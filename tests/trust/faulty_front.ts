import { Buffer } from "node:buffer";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Access, bytesOf, clientOf, type Reply } from "../crash/admin.ts";

/** What happens to a request instead of its response. */
export type Fault =
  | { readonly kind: "status"; readonly code: number; readonly retryAfter?: number }
  | { readonly kind: "hang" }
  /** The connection is closed; "after": the request was carried out; "half": and half of the response sent. */
  | { readonly kind: "cut"; readonly moment: "before" | "after" | "half" }
  /** A response of this many bytes, as fast as from a disk. */
  | { readonly kind: "flood"; readonly bytes: number };

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
}

/** The real API server behind a proxy with faults. */
export interface FaultyFront extends AsyncDisposable {
  /** Serves plain HTTP, with the administrator's permissions for everyone. */
  readonly url: string;
  /** The requests, in order. */
  readonly asked: readonly Asked[];
  fault: (asked: Asked) => Fault | undefined;
}

const PASSED_ON = ["accept", "content-type", "user-agent"];
/** A second. */
const FLOOD = 100 * 1024 * 1024;

export async function openFaultyFront(behind: Access): Promise<FaultyFront> {
  const server = clientOf(behind);
  const authorization = `Bearer ${behind.token}`;
  const asked: Asked[] = [];
  const closing = Promise.withResolvers<void>();
  const serving = new Set<Promise<void>>();

  function pass({ headers, method = "", url = "" }: IncomingMessage, body: Buffer): Promise<Reply> {
    const passed = PASSED_ON.flatMap((name) =>
      headers[name] ? [[name, String(headers[name])]] : []
    );
    return server.send(method, url, { ...Object.fromEntries(passed), authorization }, body);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    const body = await bytesOf(request);
    asked.push({ method, path });
    const fault = front.fault({ method, path });
    if (fault?.kind === "hang") return await closing.promise;
    if (fault?.kind === "flood") return await flood(response, fault.bytes, closing.promise);
    if (fault?.kind === "status") return refuse(response, fault);
    if (fault?.kind === "cut" && fault.moment === "before") return;
    const reply = await pass(request, body);
    if (fault?.kind === "cut" && fault.moment === "after") return;
    const type = String(reply.headers["content-type"] ?? "application/json");
    const length = reply.body.length;
    response.writeHead(reply.status, { "content-type": type, "content-length": length });
    if (fault === undefined) return void response.end(reply.body);
    const half = reply.body.subarray(0, Math.floor(length / 2));
    await new Promise<void>((resolve) => response.write(half, () => resolve()));
  }

  const door = http.createServer((request, response) => {
    const served = serve(request, response).catch(() => {}).finally(() => {
      if (!response.writableEnded) request.socket.destroy();
      serving.delete(served);
    });
    serving.add(served);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const front: FaultyFront = {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    asked,
    fault: () => undefined,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => door.close(() => resolve()));
      closing.resolve();
      door.closeAllConnections();
      await Promise.all([closed, ...serving]);
      server.close();
    },
  };
  return front;
}

function refuse(response: ServerResponse, { code, retryAfter }: Fault & { kind: "status" }): void {
  const again = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  response.writeHead(code, { "content-type": "application/json", ...again });
  const body = { apiVersion: "v1", kind: "Status", status: "Failure", code, message: "ordered" };
  response.end(JSON.stringify({ ...body, reason: REASONS[code] }));
}

const REASONS: Readonly<Record<number, string>> = {
  403: "Forbidden",
  429: "TooManyRequests",
  500: "InternalError",
};

async function flood(response: ServerResponse, bytes: number, closing: Promise<void>) {
  const gone = new Promise<void>((resolve) => response.on("close", () => resolve()));
  const over = Promise.race([gone, closing]).then(() => isOver = true);
  let isOver = false;
  response.writeHead(200, { "content-type": "application/json", "content-length": bytes });
  response.write('{"kind":"SecretList","apiVersion":"v1","items":[');
  const piece = Buffer.alloc(1024 * 1024, " ");
  for (let sent = 0; sent < bytes && !isOver; sent += piece.length) {
    await Promise.race([over, new Promise((resolve) => response.write(piece, resolve))]);
    await new Promise((resolve) => setTimeout(resolve, 1000 * piece.length / FLOOD));
  }
}
