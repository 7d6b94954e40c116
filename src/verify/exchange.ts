import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { Sealed } from "../log/sealed.ts";
import { byteLength } from "../text/bytes.ts";
import { parseAddress } from "../net/address.ts";
import { urlHost } from "./address_rules.ts";
import { bodyOf } from "./body.ts";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";
import type { ReadMeter } from "./read_budget.ts";

export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly accept: string;
  /** @default argocd-configurer */
  readonly userAgent?: string;
  /** Value of the header `Authorization`. */
  readonly authorization: Sealed<string> | undefined;
  /** Further headers with secret values. */
  readonly secretHeaders?: Readonly<Record<string, Sealed<string>>>;
  /** The body of a POST request. @default none */
  readonly json?: Sealed<string>;
  /** The most bytes of the decompressed body that are read; 0 skips the body. */
  readonly maxBody: number;
  /** Whether to read only the head of a longer body, instead of failing. @default false */
  readonly headOnly?: boolean;
}

export interface IncomingResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** TLS options: trusted CAs and the client certificate. */
export type Tls = Pick<https.AgentOptions, "ca" | "cert" | "key" | "rejectUnauthorized">;

/** A proxy at the other end of a connection. */
export interface Proxy {
  readonly url: URL;
  /** Used where its URL is https. */
  readonly tls: Tls;
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization: Sealed<string> | undefined;
}

/**
 * Sends one request over an open connection and reads the response. Redirects are not followed.
 * @param tls used where the URL is https
 * @throws {NoAnswer}
 */
export function exchange(
  socket: Duplex,
  request: OutgoingRequest,
  tls: Tls,
  clock: Clock,
  reading: ReadMeter,
): Promise<IncomingResponse> {
  const { url, method } = request;
  const options = { method, path: url.pathname + url.search, headers: headersOf(request) };
  return answerTo(request, over(socket, url, tls, options, clock), clock, reading);
}

/**
 * Like {@link exchange}, through a proxy that gets the whole URL, as for http URLs.
 * @throws {NoAnswer}
 */
export async function exchangeByProxy(
  socket: Duplex,
  request: OutgoingRequest,
  proxy: Proxy,
  clock: Clock,
  reading: ReadMeter,
): Promise<IncomingResponse> {
  const headers = { ...headersOf(request), ...proxyHeaders(proxy) };
  const options = { method: request.method, path: request.url.href, headers };
  const sent = over(socket, proxy.url, proxy.tls, options, clock);
  const answer = await answerTo(request, sent, clock, reading);
  if (answer.status === 407) throw proxyRefused(407);
  return answer;
}

function proxyRefused(status = 0): NoAnswer {
  const text = status === 407 ? "407 Proxy Authentication Required" : `HTTP ${status}`;
  return new NoAnswer(`the proxy refused the connection (${text})`, "none", status);
}

/**
 * Opens a tunnel through a proxy to a URL's host and port.
 * @throws {NoAnswer}
 */
export async function tunnel(
  socket: Duplex,
  url: URL,
  proxy: Proxy,
  clock: Clock,
): Promise<Duplex> {
  const target = `${url.hostname}:${url.port || 443}`;
  const headers = { "Host": target, "User-Agent": USER_AGENT, ...proxyHeaders(proxy) };
  const options = { method: "CONNECT", path: target, headers };
  const sent = over(socket, proxy.url, proxy.tls, options, clock);
  const connected = new Promise<Duplex>((resolve, reject) => {
    sent.on("error", reject);
    refuseInterim(sent, (status) => reject(proxyRefused(status)));
    sent.once("response", ({ statusCode }) => reject(proxyRefused(statusCode)));
    sent.once("connect", ({ statusCode }, tunnelled) => {
      if (statusCode === 200) resolve(tunnelled);
      else reject(proxyRefused(statusCode));
    });
    sent.end();
  });
  try {
    return await clock.inTime(connected);
  } catch (error) {
    throw reasonOf(error, clock);
  }
}

const USER_AGENT = "argocd-configurer";

type HttpHeaders = Record<string, string>;

function headersOf(request: OutgoingRequest): HttpHeaders {
  const { method, url, accept, authorization, maxBody, userAgent = USER_AGENT } = request;
  const { secretHeaders = {}, json } = request;
  return {
    "Host": url.host,
    "User-Agent": userAgent,
    "Accept": accept,
    ...(maxBody > 0 ? { "Accept-Encoding": "gzip" } : {}),
    ...(method === "POST" ? { "Content-Length": String(byteLength(json?.reveal() ?? "")) } : {}),
    ...(json === undefined ? {} : { "Content-Type": "application/json" }),
    ...Object.fromEntries(
      Object.entries(secretHeaders).map(([name, value]) => [name, value.reveal()]),
    ),
    ...(authorization ? { "Authorization": authorization.reveal() } : {}),
  };
}

function proxyHeaders({ authorization }: Proxy): HttpHeaders {
  return authorization ? { "Proxy-Authorization": authorization.reveal() } : {};
}

async function answerTo(
  { maxBody, headOnly, json }: OutgoingRequest,
  sent: http.ClientRequest,
  clock: Clock,
  reading: ReadMeter,
): Promise<IncomingResponse> {
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve);
    sent.on("error", reject);
    refuseInterim(sent, (status) => reject(noAnswer(status)));
    sent.end(json?.reveal());
  });
  try {
    const answer = await clock.inTime(answered);
    if ((answer.statusCode ?? 0) < 200) {
      answer.on("error", () => {});
      throw noAnswer(answer.statusCode);
    }
    const { statusCode: status = 0, headers } = answer;
    if (maxBody > 0) {
      const body = await bodyOf(answer, maxBody, clock.signal, reading, headOnly).catch((error) => {
        throw new NoAnswer(reasonOf(error, clock).message, "unread");
      });
      return { status, headers, body };
    }
    answer.on("error", () => {}); // the body is not read
    answer.destroy();
    return { status, headers, body: "" };
  } catch (error) {
    throw reasonOf(error, clock);
  }
}

/** Interim responses that may be ignored: Continue, Early Hints. */
const INTERIM: ReadonlySet<number | undefined> = new Set([100, 103]);

/**
 * Aborts a request that gets any other interim response, because a final one may never follow. After 101, Deno's
 * node:http only emits that the request is closed.
 */
function refuseInterim(sent: http.ClientRequest, refuse: (status?: number) => void): void {
  const end = (status: number | undefined) => {
    refuse(status);
    sent.destroy();
  };
  sent.on("upgrade", ({ statusCode }, socket) => {
    end(statusCode);
    socket.destroy();
  });
  sent.on("information", ({ statusCode }) => INTERIM.has(statusCode) || end(statusCode));
}

function noAnswer(status = 0): NoAnswer {
  return new NoAnswer(`invalid response (HTTP ${status})`);
}

function reasonOf(error: unknown, clock: Clock): NoAnswer {
  if (error instanceof NoAnswer) return error;
  return clock.signal.aborted ? clock.ended() : new NoAnswer(whyFailed(error));
}

/** A request over a connection to `peer`, with TLS where its URL is https. */
function over(
  socket: Duplex,
  peer: URL,
  tls: Tls,
  options: http.RequestOptions,
  { signal }: Clock,
): http.ClientRequest {
  const isTls = peer.protocol === "https:";
  const agent = isTls ? new TlsOver(socket, tls) : new PlainOver(socket);
  const host = urlHost(peer);
  return (isTls ? https : http).request({
    ...options,
    host,
    // Otherwise it would be taken from the Host header, which names another host for a proxy.
    servername: parseAddress(host) ? "" : host,
    setHost: false,
    agent: agent as https.Agent,
    signal,
  } as https.RequestOptions);
}

/** Deno takes the connection from an agent, and ignores the request's option for it. */
class PlainOver extends http.Agent {
  constructor(readonly socket: Duplex) {
    super({ keepAlive: false });
  }

  override createConnection(): Duplex {
    return this.socket;
  }
}

/**
 * Trusts the same CAs as the rest of Deno: Mozilla's or the ones of `DENO_TLS_CA_STORE`, plus `DENO_CERT` and
 * `NODE_EXTRA_CA_CERTS`; `ca` replaces them. An agent that connects itself (Deno 2.9) knows only Mozilla's when
 * `NODE_EXTRA_CA_CERTS` is set, and needs `--allow-sys` to add it.
 */
class TlsOver extends https.Agent {
  constructor(readonly socket: Duplex, tls: Tls) {
    super({ keepAlive: false, ...tls });
  }

  override createConnection(options: https.RequestOptions): Duplex {
    return tls.connect({ ...options, socket: this.socket } as tls.ConnectionOptions);
  }
}
