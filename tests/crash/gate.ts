import https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { type Access, bytesOf, clientOf, type Reply } from "./admin.ts";
import { within } from "./within.ts";

/** The program's requests to the API server about secrets. */
export type Call = "read" | "create" | "replace" | "remove";

/** The number of calls of each kind. */
export interface Seen {
  readonly arrived: Readonly<Record<Call, number>>;
  /** Answered by the API server, whatever the response. */
  readonly carriedOut: Readonly<Record<Call, number>>;
  /** Received during an outage and cut without a response. */
  readonly cut: Readonly<Record<Call, number>>;
}

export interface Hold {
  /**
   * Resolves when all calls before the held one are carried out, and the held one has arrived ("before")
   * or is carried out, too ("after"): from then on no call of this kind proceeds.
   */
  readonly reached: Promise<void>;
  /** Lets the calls proceed whose clients are still connected. */
  release(): void;
}

/**
 * A proxy in front of the API server at which a test holds the program's calls one by one. It terminates
 * TLS with its own certificate and speaks HTTP/1.1, so it sees every call and its response.
 */
export interface Gate extends AsyncDisposable {
  /** The URL and the certificate authority of the gate. */
  readonly access: Access;
  readonly seen: Seen;
  /** Holds the calls of a kind from the `number`th on; 1 is the next. */
  holdFrom(call: Call, number: number, moment: "before" | "after"): Hold;
  until(what: string, isSo: (seen: Seen) => boolean): Promise<void>;
  /** Cuts all connections, and each new one after its request, until `end`. */
  outage(): { end(): void };
  /** Cuts all connections and refuses new ones permanently. */
  close(): Promise<void>;
}

interface Post {
  readonly call: Call;
  readonly number: number;
  readonly moment: "before" | "after";
  readonly released: Promise<void>;
  release(): void;
}

const CALLS: Readonly<Record<string, Call>> = {
  GET: "read",
  POST: "create",
  PUT: "replace",
  DELETE: "remove",
};
const SECRETS = /^\/api\/v1\/namespaces\/[^/]+\/secrets(\/[^/?]+)?(\?|$)/;

export async function openGate(behind: Access): Promise<Gate> {
  const authority = makeAuthority("gate");
  const { certificate, key } = authority.issue({
    commonName: "gate",
    for: "server",
    hosts: ["127.0.0.1"],
  });
  const none = (): Record<Call, number> => ({ read: 0, create: 0, replace: 0, remove: 0 });
  const seen = { arrived: none(), carriedOut: none(), cut: none() };
  const posts = new Set<Post>();
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const serving = new Set<Promise<void>>();
  const server = clientOf(behind);
  let isOut = false;

  const note = (what: keyof Seen, call: Call | undefined): number => {
    const count = call === undefined ? 0 : ++seen[what][call];
    for (const check of waiting) check();
    return count;
  };

  /** Waits at every hold that applies. */
  async function pass(call: Call | undefined, number: number, moment: Post["moment"]) {
    for (const post of posts) {
      const isHeld = post.call === call && number >= post.number &&
        // After a call that is held after it was carried out, no other is carried out.
        (post.moment === moment || (moment === "before" && number > post.number));
      if (isHeld) await post.released;
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const call = SECRETS.test(url) ? CALLS[method] : undefined;
    const body = await bytesOf(request);
    const isGone = () => isOut || request.socket.destroyed;
    const number = note("arrived", call);
    await pass(call, number, "before");
    if (isGone()) {
      note("cut", call);
      return;
    }
    const answer = await server.send(method, url, only(PASSED_ON, request.headers), body);
    note("carriedOut", call);
    await pass(call, number, "after");
    if (isGone()) return;
    const headers = only(PASSED_BACK, answer.headers);
    response.writeHead(answer.status, { ...headers, "content-length": answer.body.length });
    response.end(answer.body);
  }

  const door = https.createServer({ cert: certificate, key }, (request, response) => {
    const served = serve(request, response).catch(() => {}).finally(() => {
      if (!response.writableEnded) request.socket.destroy();
      serving.delete(served);
    });
    serving.add(served);
  });
  door.on("secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // a killed client
    socket.on("close", () => sockets.delete(socket));
  });
  door.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));

  const until = (what: string, isSo: (seen: Seen) => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => {
      if (isSo(seen)) resolve();
    };
    waiting.add(check);
    check();
    return within(what, promise, () => JSON.stringify(seen)).finally(() => waiting.delete(check));
  };
  const cutAll = () => {
    isOut = true;
    for (const socket of sockets) socket.destroy();
  };
  const shut = async () => {
    const closed = new Promise<void>((resolve) => door.close(() => resolve()));
    cutAll();
    for (const post of posts) post.release();
    await Promise.all([closed, ...serving]);
    server.close();
  };
  let closing: Promise<void> | undefined;
  const close = () => closing ??= shut();

  return {
    access: {
      url: `https://127.0.0.1:${(door.address() as AddressInfo).port}`,
      ca: authority.certificate,
      token: behind.token,
    },
    seen,
    until,
    holdFrom(call, number, moment) {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const [came, done] = [seen.arrived[call] + number, seen.carriedOut[call] + number];
      const post: Post = { call, number: came, moment, released, release };
      posts.add(post);
      const reached = until(
        `${call} ${number} held ${moment}`,
        ({ arrived, carriedOut }) =>
          moment === "after"
            ? carriedOut[call] >= done
            : arrived[call] >= came && carriedOut[call] >= done - 1,
      );
      reached.catch(() => {}); // a test that has failed elsewhere does not await it
      return {
        reached,
        release() {
          posts.delete(post);
          release();
        },
      };
    },
    outage() {
      cutAll();
      return { end: () => isOut = false };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const PASSED_ON = ["accept", "authorization", "content-type", "user-agent"];
const PASSED_BACK = ["content-type", "retry-after"];

function only(names: readonly string[], headers: Reply["headers"]): Record<string, string> {
  const kept = names.flatMap((name) => headers[name] ? [[name, String(headers[name])]] : []);
  return Object.fromEntries(kept);
}
