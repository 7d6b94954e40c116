import type { Duplex } from "node:stream";
import { type ProxyEnv, proxyFromEnv, proxyUnless } from "../net/proxy.ts";
import { type AddressRules, urlHost } from "./address_rules.ts";
import { basic } from "./authorization.ts";
import { clientCertificate } from "./client_certificate.ts";
import type { Clock } from "./clock.ts";
import { dial } from "./dial.ts";
import {
  exchange,
  exchangeByProxy,
  type IncomingResponse,
  type OutgoingRequest,
  type Proxy,
  type Tls,
  tunnel,
} from "./exchange.ts";
import { NoAnswer } from "./no_answer.ts";
import type { ReadMeter } from "./read_budget.ts";
import { addressNotAllowed, checkedAddresses, type Resolve } from "./resolve.ts";
import type { TransportOptions } from "./verdict.ts";

/** What sending a request needs besides the transport options. */
export interface NetworkContext {
  readonly allowed: AddressRules;
  readonly resolve: Resolve;
  readonly env: ProxyEnv;
  readonly clock: Clock;
  /** Counts the bytes of responses. */
  readonly reading: ReadMeter;
}

/**
 * Sends one request over its own connection, which is closed afterwards.
 * @throws {NoAnswer} why there is no response, without naming the host
 */
export type Send = (request: OutgoingRequest) => Promise<IncomingResponse>;

/** @param home the credential's own host, the only one that gets the client certificate */
export function wayOf(
  home: URL,
  transport: TransportOptions,
  { allowed, resolve, env, clock, reading }: NetworkContext,
): Send {
  const addressesOf = checkedAddresses(allowed, resolve, clock);

  async function connect(url: URL): Promise<Duplex> {
    const host = urlHost(url);
    const socket = await dial(await addressesOf(host), portOf(url), clock);
    const what = allowed.whyNotConnection(host, socket);
    if (what === undefined) return socket;
    socket.destroy();
    throw new NoAnswer(addressNotAllowed(what));
  }

  function tlsFor(url: URL): Tls {
    const { insecure, tlsCa } = transport;
    const trust: Tls = {
      ...(tlsCa === undefined ? {} : { ca: tlsCa }),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    };
    return { ...trust, ...(urlHost(url) === urlHost(home) ? clientCertificate(transport) : {}) };
  }

  function proxyAt(text: string): Proxy {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
      throw new NoAnswer("the proxy is not an http or https URL");
    }
    const url = new URL(text);
    return { url, tls: tlsFor(url), authorization: authorizationIn(url) };
  }

  return async (request) => {
    const { url } = request;
    const through = proxyFor(url, transport, env);
    let socket: Duplex | undefined;
    try {
      if (through === undefined) {
        socket = await connect(url);
        return await exchange(socket, request, tlsFor(url), clock, reading);
      }
      // The proxy resolves the name, so only the name itself can be checked.
      const what = allowed.whyNotHost(urlHost(url));
      if (what !== undefined) throw new NoAnswer(addressNotAllowed(what));
      const proxy = proxyAt(through);
      socket = await connect(proxy.url).catch((error) => {
        if (!(error instanceof NoAnswer)) throw error;
        throw new NoAnswer(`cannot connect to the proxy (${error.message})`);
      });
      if (url.protocol !== "https:") {
        return await exchangeByProxy(socket, request, proxy, clock, reading);
      }
      const tunnelled = await tunnel(socket, url, proxy, clock);
      return await exchange(tunnelled, request, tlsFor(url), clock, reading);
    } finally {
      socket?.destroy();
    }
  };
}

/**
 * The proxy for a URL, as in Argo CD: the credential's own with its `noProxy`, otherwise the environment's. Requests to
 * this machine use no proxy.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/proxy/proxy.go GetCallback
 */
export function proxyFor(
  url: URL,
  { proxy, noProxy }: Pick<TransportOptions, "proxy" | "noProxy">,
  env: ProxyEnv,
): string | undefined {
  return proxy ? proxyUnless(url, proxy, noProxy) : proxyFromEnv(url, env);
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

function authorizationIn({ username, password }: URL) {
  if (username === "" && password === "") return undefined;
  return basic(decoded(username), decoded(password));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that encodes nothing
  }
}
