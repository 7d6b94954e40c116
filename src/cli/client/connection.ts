import { isLoopback, proxyFromEnv, variableFor } from "../../net/proxy.ts";
import { TLS_WORDS, type TlsFailure, tlsFailure } from "../../net/tls_failure.ts";
import { Failure } from "../failure.ts";
import { SERVER_TOKEN_VARIABLE, TOKEN_VARIABLE } from "../../tokens/environment.ts";
import type { WhichServer } from "./which_server.ts";

/** How a running server is reached: where, by which proxy, whom it is trusted by, and with which token. */

/** What holds the token; the one of servers serves, too, where it is the same token. */
export function tokenVariable(): string {
  const isGiven = Deno.env.get(SERVER_TOKEN_VARIABLE) || !Deno.env.get(TOKEN_VARIABLE);
  return isGiven ? SERVER_TOKEN_VARIABLE : TOKEN_VARIABLE;
}

/** @throws {Failure} when what is in the environment can be no token */
export function tokenHeaders(): Record<string, string> {
  const variable = tokenVariable();
  const token = Deno.env.get(variable);
  if (!token) return {};
  if (!/^[!-~]+$/.test(token)) {
    throw new Failure(`Cannot use ${variable}: there are blanks or line ends in it`, 2);
  }
  return { Authorization: `Bearer ${token}` };
}

/**
 * What paths are appended to.
 * @throws {Failure} when the URL can be no server's, or passwords would go to it as they are
 */
export function baseOf({ url, namedBy, plainHttp }: WhichServer): string {
  const parsed = URL.parse(url);
  const refuse = (why: string) => new Failure(`Cannot use ${namedBy}: ${why}`, 2);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw refuse("it is the URL of a server, like http://localhost:8091");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw refuse(`it must not have a user in it; the token is in ${SERVER_TOKEN_VARIABLE}`);
  }
  if (parsed.search !== "" || parsed.hash !== "") throw refuse("it must not have a query");
  if (parsed.protocol === "http:" && !isLoopback(parsed) && !plainHttp) {
    throw refuse(
      "passwords would go over the network as they are; use https, or --server-plain-http where " +
        "something else protects them",
    );
  }
  return parsed.origin + parsed.pathname.replace(/(?<!\/)\/+$/, "");
}

/**
 * @param ca file whose certificates are trusted besides
 * @throws {Failure} when there are none in it, or the environment's proxy can be none
 */
export function clientFor(server: URL, ca: string | undefined): Deno.HttpClient {
  const proxy = proxyFromEnv(server, Deno.env.toObject());
  const scheme = proxy && URL.parse(proxy)?.protocol;
  if (proxy !== undefined && !/^(https?|socks5h?):$/.test(scheme ?? "")) {
    throw new Failure(`Cannot use ${variableFor(server)}: it is no URL of a proxy`, 2);
  }
  const options = {
    http2: false, // which has no header Host, by which a server without tokens knows its clients
    ...proxy === undefined ? {} : { proxy: { url: proxy } },
  };
  return ca === undefined ? createClient(options) : clientThatTrusts(ca, options);
}

/**
 * A client that goes by no proxy but the one it is given. Deno's own reads the environment when it is
 * made, in a way of its own: it would send what is for this machine, too, by `http_proxy` and
 * `all_proxy`, and has no word against it.
 * @see https://github.com/denoland/deno/blob/v2.5.0/ext/fetch/proxy.rs from_env
 */
function createClient(options: Deno.CreateHttpClientOptions): Deno.HttpClient {
  const hidden = Object.entries(Deno.env.toObject()).filter(([name]) => /_proxy$/i.test(name));
  for (const [name] of hidden) Deno.env.delete(name);
  try {
    return Deno.createHttpClient(options);
  } finally {
    for (const [name, value] of hidden) Deno.env.set(name, value);
  }
}

/** @throws {Failure} when there is no certificate in the file */
function clientThatTrusts(ca: string, options: Deno.CreateHttpClientOptions): Deno.HttpClient {
  const refuse = (why: string) => new Failure(`Cannot use --server-ca ${ca}: ${why}`, 2);
  let text: string;
  try {
    text = Deno.readTextFileSync(ca);
  } catch (error) {
    throw refuse(
      error instanceof Deno.errors.NotFound ? "there is no such file" : "cannot read it",
    );
  }
  // One without any would be taken, and nobody be trusted for it.
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw refuse("there is no certificate in PEM in it");
  }
  try {
    return createClient({ ...options, caCerts: [text] });
  } catch {
    throw refuse("a certificate in it is damaged");
  }
}

/** In our own words: those of fetch hold the whole URL. */
export function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  const message = cause instanceof Error ? cause.message.replace(/^[^)]*\): /, "") : "";
  if (/connection refused/i.test(message)) return "nothing listens there";
  if (/dns error|failed to lookup/i.test(message)) return "there is no such host";
  const failure = tlsFailure({ message });
  return failure ? TLS_WORDS[failure] + (REMEDY[failure] ?? "") : "there is no answer";
}

/**
 * To compare the certificate with the one that is named instead is no way: where Deno does not
 * verify one (`rejectUnauthorized`), it does not ask for a proof of its key either.
 * @see https://github.com/denoland/deno/blob/v2.5.0/ext/tls/lib.rs NoCertificateVerification
 */
const REMEDY: Readonly<Partial<Record<TlsFailure, string>>> = {
  authority: ": make one with 'openssl req -x509 … -addext basicConstraints=critical,CA:FALSE'",
  untrusted: "; --server-ca names one that is",
};
