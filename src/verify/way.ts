import type { Duplex } from "node:stream";
import { type AddressRules, hostOf } from "./address_rules.ts";
import { basic } from "./authorization.ts";
import { clientCertificate } from "./client_certificate.ts";
import type { Clock } from "./clock.ts";
import { dial } from "./dial.ts";
import {
  type Answer,
  exchange,
  exchangeByProxy,
  type Proxy,
  type Request,
  type Tls,
  tunnel,
} from "./exchange.ts";
import { NoAnswer } from "./no_answer.ts";
import { type Env, proxyFor } from "./proxy.ts";
import type { Reading } from "./read_budget.ts";
import { checkedAddresses, type Resolve } from "./resolve.ts";
import type { TransportOptions } from "./verdict.ts";

/** The world that questions are asked in. */
export interface World {
  readonly allowed: AddressRules;
  readonly resolve: Resolve;
  readonly env: Env;
  readonly clock: Clock;
  /** What answers are read on account of. */
  readonly reading: Reading;
}

/**
 * Sends one request on its way, and over a connection of its own that ends with it.
 * @throws {NoAnswer} why there is no answer, without the host
 */
export type Send = (request: Request) => Promise<Answer>;

/** @param home the credential's own host: a client certificate is shown to no other */
export function wayOf(
  home: URL,
  transport: TransportOptions,
  { allowed, resolve, env, clock, reading }: World,
): Send {
  const addressesOf = checkedAddresses(allowed, resolve, clock);

  async function connect(url: URL): Promise<Duplex> {
    const host = hostOf(url);
    const socket = await dial(await addressesOf(host), portOf(url), clock);
    const what = allowed.whyNotConnection(host, socket);
    if (what === undefined) return socket;
    socket.destroy();
    throw new NoAnswer(`it leads to ${what}, where nothing is sent unless verify-allow names it`);
  }

  function tlsFor(url: URL): Tls {
    const { insecure, tlsCa } = transport;
    const trust: Tls = {
      ...(tlsCa === undefined ? {} : { ca: tlsCa }),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    };
    return { ...trust, ...(hostOf(url) === hostOf(home) ? clientCertificate(transport) : {}) };
  }

  function proxyAt(text: string): Proxy {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
      throw new NoAnswer("its proxy is no http or https URL");
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
      // The proxy looks the name up, so only what the name itself says can be refused.
      const what = allowed.whyNotHost(hostOf(url));
      if (what !== undefined) throw new NoAnswer(`it is ${what}`);
      const proxy = proxyAt(through);
      socket = await connect(proxy.url).catch((error) => {
        if (!(error instanceof NoAnswer)) throw error;
        throw new NoAnswer(`its proxy cannot be reached (${error.message})`);
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
