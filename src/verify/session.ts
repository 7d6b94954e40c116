import type { Sealed } from "../log/sealed.ts";
import { hostOf } from "./address_rules.ts";
import type { Answer, Request } from "./exchange.ts";
import { expiryIn } from "./expiry.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Send } from "./way.ts";

/** Redirects that are followed, all to the same host. */
const MAX_REDIRECTS = 3;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export type Question = Pick<Request, "url"> & Partial<Request>;

const READING = { method: "GET", accept: "*/*", authorization: undefined, maxBody: 0 } as const;

/** All questions of one verification; it remembers what their answers say besides. */
export interface Session {
  /**
   * Asks, and follows redirects that stay at the host.
   * @throws {NoAnswer} "Cannot ask HOST: …"
   */
  ask(question: Question): Promise<Answer>;
  /** A host for a message; one that a server has made up may hold what it was sent. */
  shown(url: URL): string;
  /** Whether anybody has answered. */
  readonly answered: boolean;
  /** When the credential expires, if an answer to it has said so. */
  readonly expires: string | undefined;
  /** Of the last answer, or of a proxy's that stood in its place. */
  readonly status: number | undefined;
  /** Who gave a registry's token for the credential, which it has seen. */
  tokenServer?: URL;
}

/**
 * @param home the credential's own host
 * @param secrets values that no message may have
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
    async ask(question) {
      const request = { ...READING, ...question };
      const { url: first, method, authorization } = request;
      const fail = (why: string, kind?: NoAnswer["kind"]) =>
        new NoAnswer(`Cannot ask ${shown(first)}: ${why}`, kind);
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
        if (authorization) expires ??= expiryIn(answer.headers);
        const { location } = answer.headers;
        if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
        if (!URL.canParse(location, url)) throw fail("it redirects to what is no URL", "elsewhere");
        const next = new URL(location, url);
        for (const part of ["username", "password", "hash"] as const) next[part] = "";
        if (!staysAt(url, next)) {
          const sent = authorization ? ", where the credential was not sent" : "";
          throw fail(`it redirects to ${next.protocol}//${shown(next)}${sent}`, "elsewhere");
        }
        if (method !== "GET") throw fail("it redirects a request that writes", "elsewhere");
        if (followed === MAX_REDIRECTS) throw fail("it redirects too often", "elsewhere");
        url = next;
      }
    },
  };
}

/** The same host and port, or from http to https with the port of that or the same number. */
function staysAt(from: URL, to: URL): boolean {
  if (hostOf(from) !== hostOf(to)) return false;
  if (from.protocol === to.protocol) return from.port === to.port;
  return to.protocol === "https:" && (to.port === "" || to.port === from.port);
}
