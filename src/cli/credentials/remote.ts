import { Failure } from "../failure.ts";
import { TOKEN_VARIABLE } from "../surroundings.ts";
import { answerOf, type Api, httpRequest } from "./request.ts";

export interface RemoteOptions {
  /** PEM file. */
  readonly ca?: string;
  /** Whether passwords may go to another machine without TLS. */
  readonly plainHttp?: boolean;
}

/**
 * A running server, asked with the token of the environment.
 *
 * Permissions: `--allow-net` of the server, `--allow-env`, `--allow-read` of the certificates.
 * @throws {Failure} when it cannot be asked like this
 */
export function remote(url: string, { ca, plainHttp = false }: RemoteOptions): Api {
  const base = baseOf(url, plainHttp);
  const headers = tokenHeaders();
  const client = Deno.createHttpClient({
    http2: false, // which has no header Host, by which a server without tokens knows its clients
    ...(ca === undefined ? {} : { caCerts: [read(ca)] }),
  });
  return {
    place: `the server at ${base}`,
    async ask(request) {
      let response: Response;
      try {
        response = await fetch(httpRequest(base, request, headers), { client });
      } catch (error) {
        throw new Failure(`Cannot ask the server at ${base}: ${reasonOf(error)}`);
      }
      const { status } = response;
      const answer = await answerOf(response).catch(() => undefined);
      if (answer === undefined || !response.headers.has("X-Request-Id")) {
        throw new Failure(
          `Cannot ask the server at ${base}: it answers ${status}, and not as this program does`,
        );
      }
      return status === 401
        ? { ...answer, advice: `the variable ${TOKEN_VARIABLE} holds the token that is sent` }
        : answer;
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
}

/** @throws {Failure} when what is in the environment can be no token */
function tokenHeaders(): Record<string, string> {
  const token = Deno.env.get(TOKEN_VARIABLE);
  if (!token) return {};
  if (!/^[!-~]+$/.test(token)) {
    throw new Failure(`Cannot use ${TOKEN_VARIABLE}: there are blanks or line ends in it`, 2);
  }
  return { Authorization: `Bearer ${token}` };
}

/** What paths are appended to. */
function baseOf(url: string, plainHttp: boolean): string {
  const parsed = URL.parse(url);
  const refuse = (why: string) => new Failure(`Cannot use --server: ${why}`, 2);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw refuse("it is the URL of a server, like http://localhost:8091");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw refuse(`it must not have a user in it; the token is in ${TOKEN_VARIABLE}`);
  }
  if (parsed.search !== "" || parsed.hash !== "") throw refuse("it must not have a query");
  if (parsed.protocol === "http:" && !isLoopback(parsed.hostname) && !plainHttp) {
    throw refuse(
      "passwords would go over the network as they are; use https, or --server-plain-http where " +
        "something else protects them",
    );
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : "cannot read it";
    throw new Failure(`Cannot use --server-ca ${file}: ${why}`, 2);
  }
}

/** In our own words: those of fetch hold the whole URL. */
function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  const message = cause instanceof Error ? cause.message : "";
  if (/connection refused/i.test(message)) return "nothing listens there";
  if (/dns error|failed to lookup/i.test(message)) return "there is no such host";
  if (/certificate|tls handshake|UnknownIssuer/i.test(message)) {
    return "its certificate is not trusted; --server-ca names one that is";
  }
  return "there is no answer";
}
