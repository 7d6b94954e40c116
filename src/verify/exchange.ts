import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { Sealed } from "../log/sealed.ts";
import { byteLength } from "../text/bytes.ts";
import { parseAddress } from "../net/address.ts";
import { hostOf } from "./address_rules.ts";
import { bodyOf } from "./body.ts";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";
import type { Reading } from "./read_budget.ts";

export interface Request {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly accept: string;
  /** @default this program's name */
  readonly userAgent?: string;
  /** Value of the header `Authorization`. */
  readonly authorization: Sealed<string> | undefined;
  /** Further headers, whose values nobody may see. */
  readonly secretHeaders?: Readonly<Record<string, Sealed<string>>>;
  /** The body of what is posted. @default none */
  readonly json?: Sealed<string>;
  /** Most bytes of the body that are read, unpacked; with 0 it is not read at all. */
  readonly maxBody: number;
  /** Whether of a longer body its head is enough; else it is an error. @default false */
  readonly headOnly?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Who is trusted, and what is shown. */
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
 * Sends one request over a connection that is there, and reads the answer. Nothing is followed.
 * @param tls used where the URL is https
 * @throws {NoAnswer}
 */
export function exchange(
  socket: Duplex,
  request: Request,
  tls: Tls,
  clock: Clock,
  reading: Reading,
): Promise<Answer> {
  const { url, method } = request;
  const options = { method, path: url.pathname + url.search, headers: headersOf(request) };
  return answerTo(request, over(socket, url, tls, options, clock), clock, reading);
}

/**
 * The same by a proxy that reads the whole URL, as it does one that is not https.
 * @throws {NoAnswer}
 */
export async function exchangeByProxy(
  socket: Duplex,
  request: Request,
  proxy: Proxy,
  clock: Clock,
  reading: Reading,
): Promise<Answer> {
  const headers = { ...headersOf(request), ...proxyHeaders(proxy) };
  const options = { method: request.method, path: request.url.href, headers };
  const sent = over(socket, proxy.url, proxy.tls, options, clock);
  const answer = await answerTo(request, sent, clock, reading);
  if (answer.status === 407) throw proxyRefuses(407);
  return answer;
}

function proxyRefuses(status = 0): NoAnswer {
  return new NoAnswer(`its proxy answers with ${status}`, "none", status);
}

/**
 * Has a proxy connect to a URL's host and port; what it gives back speaks to that.
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
    refuseInterim(sent, (status) => reject(proxyRefuses(status)));
    sent.once("response", ({ statusCode }) => reject(proxyRefuses(statusCode)));
    sent.once("connect", ({ statusCode }, tunnelled) => {
      if (statusCode === 200) resolve(tunnelled);
      else reject(proxyRefuses(statusCode));
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

function headersOf(request: Request): HttpHeaders {
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
  { maxBody, headOnly, json }: Request,
  sent: http.ClientRequest,
  clock: Clock,
  reading: Reading,
): Promise<Answer> {
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
    answer.on("error", () => {}); // of what is not read
    answer.destroy();
    return { status, headers, body: "" };
  } catch (error) {
    throw reasonOf(error, clock);
  }
}

/** Interim answers that any request may get, and that mean nothing to one: Continue, Early Hints. */
const INTERIM: ReadonlySet<number | undefined> = new Set([100, 103]);

/**
 * Ends a request that gets another interim answer: no answer need follow it. After 101 Deno's
 * node:http says nothing more than that the request is closed.
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
  return new NoAnswer(`it answers with ${status}, which is no answer to a request`);
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
  const host = hostOf(peer);
  return (isTls ? https : http).request({
    ...options,
    host,
    // Else it would be taken from the header Host, which names another one for a proxy.
    servername: parseAddress(host) ? "" : host,
    setHost: false,
    agent: agent as https.Agent,
    signal,
  } as https.RequestOptions);
}

/** Deno asks an agent for the connection, and ignores the request's option for it. */
class PlainOver extends http.Agent {
  constructor(readonly socket: Duplex) {
    super({ keepAlive: false });
  }

  override createConnection(): Duplex {
    return this.socket;
  }
}

/**
 * Trusts as all of Deno does: Mozilla's authorities or those that `DENO_TLS_CA_STORE` names, with
 * those of `DENO_CERT` and `NODE_EXTRA_CA_CERTS`; a `ca` of its own takes their place. An agent that
 * makes the connection itself (Deno 2.9) knows Mozilla's only as soon as `NODE_EXTRA_CA_CERTS` is
 * set, and needs `--allow-sys` to add it.
 */
class TlsOver extends https.Agent {
  constructor(readonly socket: Duplex, tls: Tls) {
    super({ keepAlive: false, ...tls });
  }

  override createConnection(options: https.RequestOptions): Duplex {
    return tls.connect({ ...options, socket: this.socket } as tls.ConnectionOptions);
  }
}
