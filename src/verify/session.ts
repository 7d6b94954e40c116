import type { Sealed } from "../log/sealed.ts";
import { urlHost } from "./address_rules.ts";
import type { IncomingResponse, OutgoingRequest } from "./exchange.ts";
import { expiryInHeaders } from "./expiry.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Send } from "./way.ts";

/** The most redirects that are followed, all to the same host. */
const MAX_REDIRECTS = 3;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export type SessionRequest = Pick<OutgoingRequest, "url"> & Partial<OutgoingRequest>;

const READING = { method: "GET", accept: "*/*", authorization: undefined, maxBody: 0 } as const;

/** The requests of one verification, and what their responses tell besides. */
export interface Session {
  /**
   * Sends a request and follows redirects within the host.
   * @throws {NoAnswer} "Request to HOST failed: …"
   */
  request(options: SessionRequest): Promise<IncomingResponse>;
  /** A host for a message; masked where a server may have put the credential into it. */
  shown(url: URL): string;
  /** Whether any server has answered. */
  readonly answered: boolean;
  /** When the credential expires, if a response reported it. */
  readonly expires: string | undefined;
  /** HTTP status of the last response, or of a proxy's refusal. */
  readonly status: number | undefined;
  /** The server that exchanged the credential for a registry's token. */
  tokenServer?: URL;
}

/**
 * @param home the credential's own host
 * @param secrets values that must not be in any message
 */
export function openSession(
  send: Send,
  home: URL,
  secrets: readonly (Sealed<string> | undefined)[],
): Session {
  let answered = false;
  let expires: string | undefined;
  let status: number | undefined;

  function shown(url: URL): string {
    const host = url.host;
    if (host === home.host) return host;
    const values = secrets.flatMap((secret) => secret?.reveal().toLowerCase() || []);
    return host.length > 100 || values.some((value) => host.includes(value))
      ? "another host"
      : host;
  }

  return {
    get answered() {
      return answered;
    },
    get expires() {
      return expires;
    },
    get status() {
      return status;
    },
    shown,
    async request(options) {
      const request = { ...READING, ...options };
      const { url: first, method, authorization } = request;
      const fail = (why: string, kind?: NoAnswer["kind"]) =>
        new NoAnswer(`Request to ${shown(first)} failed: ${why}`, kind);
      let url = first;
      for (let followed = 0;; followed++) {
        const answer = await send({ ...request, url }).catch((error) => {
          if (!(error instanceof NoAnswer)) throw error;
          answered ||= error.kind === "unread";
          status = error.status;
          throw fail(error.message);
        });
        answered = true;
        status = answer.status;
        if (authorization) expires ??= expiryInHeaders(answer.headers);
        const { location } = answer.headers;
        if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
        if (!URL.canParse(location, url)) {
          throw fail("it redirects to an invalid URL", "elsewhere");
        }
        const next = new URL(location, url);
        for (const part of ["username", "password", "hash"] as const) next[part] = "";
        if (!staysAt(url, next)) {
          const sent = authorization ? " (the credential was not sent there)" : "";
          throw fail(`it redirects to ${next.protocol}//${shown(next)}${sent}`, "elsewhere");
        }
        if (method !== "GET") throw fail("it redirects a POST request", "elsewhere");
        if (followed === MAX_REDIRECTS) throw fail("too many redirects", "elsewhere");
        url = next;
      }
    },
  };
}

/** Whether a redirect keeps host and port, or goes from http to https with the default or the same port. */
function staysAt(from: URL, to: URL): boolean {
  if (urlHost(from) !== urlHost(to)) return false;
  if (from.protocol === to.protocol) return from.port === to.port;
  return to.protocol === "https:" && (to.port === "" || to.port === from.port);
}
