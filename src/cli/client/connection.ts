import { isLoopback, proxyFromEnv, variableFor } from "../../net/proxy.ts";
import { TLS_WORDS, type TlsFailure, tlsFailure } from "../../net/tls_failure.ts";
import { Failure } from "../failure.ts";
import { SERVER_TOKEN_VARIABLE, TOKEN_VARIABLE } from "../../tokens/environment.ts";
import type { WhichServer } from "./which_server.ts";

/** Connection to a running server: URL, proxy, trusted certificates and token. */

/** The variable with the token; the one that a server reads is used if it alone is set. */
export function tokenVariable(): string {
  const isGiven = Deno.env.get(SERVER_TOKEN_VARIABLE) || !Deno.env.get(TOKEN_VARIABLE);
  return isGiven ? SERVER_TOKEN_VARIABLE : TOKEN_VARIABLE;
}

/** @throws {Failure} when the variable's value cannot be a token */
export function tokenHeaders(): Record<string, string> {
  const variable = tokenVariable();
  const token = Deno.env.get(variable);
  if (!token) return {};
  if (!/^[!-~]+$/.test(token)) {
    throw new Failure(
      `Cannot use ${variable}: a token has no spaces, line breaks or non-ASCII characters`,
      2,
    );
  }
  return { Authorization: `Bearer ${token}` };
}

/**
 * The URL that paths are appended to.
 * @throws {Failure} when it is not a server's URL, or passwords would be sent there unencrypted
 */
export function baseOf({ url, namedBy, plainHttp }: WhichServer): string {
  const parsed = URL.parse(url);
  const refuse = (why: string) => new Failure(`Cannot use ${namedBy}: ${why}`, 2);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw refuse("it must be the URL of a server, such as http://localhost:8091");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw refuse(`the URL must not contain a user. Put the token into ${SERVER_TOKEN_VARIABLE}`);
  }
  if (parsed.search !== "" || parsed.hash !== "") {
    throw refuse("the URL must not have a query or fragment");
  }
  if (parsed.protocol === "http:" && !isLoopback(parsed) && !plainHttp) {
    throw refuse(
      "passwords would be sent over the network unencrypted. Use https, or --server-plain-http if " +
        "the connection is protected otherwise",
    );
  }
  return parsed.origin + parsed.pathname.replace(/(?<!\/)\/+$/, "");
}

/**
 * @param ca file with further certificates to trust
 * @throws {Failure} when it has none, or the environment's proxy URL is invalid
 */
export function clientFor(server: URL, ca: string | undefined): Deno.HttpClient {
  const proxy = proxyFromEnv(server, Deno.env.toObject());
  const scheme = proxy && URL.parse(proxy)?.protocol;
  if (proxy !== undefined && !/^(https?|socks5h?):$/.test(scheme ?? "")) {
    throw new Failure(
      `Cannot use ${
        variableFor(server)
      }: it is not the URL of an http, https, socks5 or socks5h proxy`,
      2,
    );
  }
  const options = {
    http2: false, // it has no header Host, which a server without tokens checks
    ...proxy === undefined ? {} : { proxy: { url: proxy } },
  };
  return ca === undefined ? createClient(options) : clientThatTrusts(ca, options);
}

/**
 * A client that uses no proxy but the given one. Deno's own reads the environment when it is created: it
 * would use `http_proxy` and `all_proxy` for this machine, too, and has no option against that.
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
      error instanceof Deno.errors.NotFound ? "no such file" : "the file cannot be read",
    );
  }
  // Deno accepts a file without certificates, and adds no trust for it.
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw refuse("the file has no PEM certificate");
  }
  try {
    return createClient({ ...options, caCerts: [text] });
  } catch {
    throw refuse("the file has an invalid certificate");
  }
}

/** Why a connection failed. The message of fetch is not used, since it contains the whole URL. */
export function connectionFailure(error: unknown): string {
  const { cause } = error as Error;
  const message = cause instanceof Error ? cause.message.replace(/^[^)]*\): /, "") : "";
  if (/connection refused/i.test(message)) return "connection refused. Is the server running?";
  if (/dns error|failed to lookup/i.test(message)) return "host not found";
  const failure = tlsFailure({ message });
  return failure ? TLS_WORDS[failure] + (REMEDY[failure] ?? "") : "no response";
}

/**
 * What to do about a certificate. To compare it with a pinned one is not an option: without verification
 * (`rejectUnauthorized`), Deno does not check the proof of its key either.
 * @see https://github.com/denoland/deno/blob/v2.5.0/ext/tls/lib.rs NoCertificateVerification
 */
const REMEDY: Readonly<Partial<Record<TlsFailure, string>>> = {
  authority: ". Create one with 'openssl req -x509 … -addext basicConstraints=critical,CA:FALSE'",
  untrusted: ". Give its CA certificate with --server-ca",
};
