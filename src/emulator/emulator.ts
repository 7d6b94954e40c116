import { delay } from "../async/timed.ts";
import { parsedJson } from "../text/json.ts";
import { answer, type ApiAnswer, statusAnswer } from "./api.ts";
import { EmulatedCluster } from "./cluster.ts";
import type { RequestBody } from "./decode.ts";
import { faultStatus } from "./fault.ts";
import { type HttpOutcome, type HttpRequest, type HttpResponse, serveHttp } from "./http.ts";
import { StatusError, unauthorized } from "./status.ts";

export interface EmulatorOptions {
  /**
   * Bearer token that requests must carry. Without it, any request is served. kubectl sends no
   * credentials over plain HTTP, so that with a token it is always unauthorized.
   *
   * @see k8s.io/client-go v0.35 tools/clientcmd/client_config.go, "only try to read the auth
   * information if we are secure"
   */
  token?: string;
  /** Called before each request; the fault that it returns happens instead of, or before, the answer. */
  fault?: (request: EmulatedRequest) => EmulatedFault | undefined;
  /** @default () => new Date() */
  now?: () => Date;
  /** Whether every namespace immediately gets a service account `default`. @default false */
  defaultAccounts?: boolean;
}

export interface EmulatedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** 1 for the first request to this emulator. */
  readonly count: number;
  /** The body as JSON; absent if there is none, or if it is not JSON. */
  readonly body?: unknown;
}

export type EmulatedFault =
  /** Answers with this status and does nothing. `retryAfter` in seconds: kubectl waits and retries. */
  | { kind: "status"; code: number; reason: string; message?: string; retryAfter?: number }
  /** Never answers, until `stop()` is called or the client disconnects. */
  | { kind: "hang" }
  /** Waits, then continues as usual. */
  | { kind: "delay"; milliseconds: number }
  /** Drops the connection without an answer; `after`: the request was carried out first. */
  | { kind: "cut"; after: boolean };

export interface Emulator {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** The cluster's objects, for tests to add and inspect. */
  readonly cluster: EmulatedCluster;
  /** Can be set at any time. */
  fault: EmulatorOptions["fault"];
  /** The last 10,000 requests, oldest first: method and path with query, no bodies. */
  readonly requests: readonly string[];
  /** A kubeconfig for it, as YAML text. */
  kubeconfig(): string;
  /**
   * Closes the port and every connection until `resume()`. The objects stay. Requests under way are carried
   * out, but their answers are lost.
   */
  pause(): Promise<void>;
  /** Listens again on the same port. @throws {Deno.errors.AddrInUse} when the port is taken */
  resume(): void;
  /** Aborts requests under way and closes every connection. */
  stop(): Promise<void>;
}

const MAX_REQUESTS = 10_000;
/** @see k8s.io/apiserver v0.35 pkg/server/config.go, MaxRequestBodyBytes */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * Starts an emulated Kubernetes API server for Secrets, Namespaces and ServiceAccounts on a free port of
 * 127.0.0.1. It is ready when this returns. Needs `--allow-net=127.0.0.1`.
 */
export function startEmulator(options: EmulatorOptions = {}): Emulator {
  const now = options.now ?? (() => new Date());
  const cluster = new EmulatedCluster({ now, defaultAccounts: options.defaultAccounts });
  const stopping = new AbortController();
  const log: string[] = [];
  let count = 0;

  async function handle(request: HttpRequest): Promise<HttpOutcome> {
    const { method, target } = request;
    const [path = "", search = ""] = target.split(/\?(.*)/s);
    const query = new URLSearchParams(search);
    log.push(`${method} ${target}`);
    if (log.length >= 2 * MAX_REQUESTS) log.splice(0, log.length - MAX_REQUESTS);
    const bytes = request.body;
    const body = bytes && { bytes, value: parsedJson(new TextDecoder().decode(bytes)) };
    const asked = {
      method,
      path,
      query,
      count: ++count,
      ...(body && body.value !== undefined && { body: body.value }),
    };
    const fault = emulator.fault?.(asked);
    if (fault?.kind === "hang") return "hang";
    if (fault?.kind === "delay") await delay(fault.milliseconds, stopping.signal); // or until the emulator stops
    if (fault?.kind === "cut" && !fault.after) return "cut";
    if (fault?.kind === "status") {
      return response(statusAnswer(faultStatus(fault, method, path)), now(), fault.retryAfter);
    }
    const answered = serve(request, { method, path, query }, body);
    return fault?.kind === "cut" ? "cut" : response(answered, now());
  }

  function serve(
    { headers }: HttpRequest,
    request: Pick<EmulatedRequest, "method" | "path" | "query">,
    body: RequestBody | undefined,
  ): ApiAnswer {
    if (!authorized(headers.authorization ?? "", options.token)) {
      return statusAnswer(unauthorized());
    }
    if (!body) return statusAnswer(tooLarge());
    const contentType = (headers["content-type"] ?? "").split(";")[0]!.trim();
    const { accept = "" } = headers;
    try {
      return answer(cluster, { ...request, accept, contentType, body }, now());
    } catch (error) {
      return statusAnswer(internalError(error));
    }
  }

  const server = serveHttp({ maxBodyBytes: MAX_BODY_BYTES, handle });
  const url = `http://127.0.0.1:${server.port}`;
  const emulator: Emulator = {
    url,
    cluster,
    fault: options.fault,
    get requests() {
      return log.slice(-MAX_REQUESTS);
    },
    kubeconfig: () => kubeconfig(url, options.token),
    pause: () => server.pause(),
    resume() {
      if (!stopping.signal.aborted) server.resume();
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await server.close();
    },
  };
  return emulator;
}

function authorized(header: string, token: string | undefined): boolean {
  const [scheme = "", given] = header.split(" ", 2);
  return token === undefined || scheme.toLowerCase() === "bearer" && given === token;
}

function response(answer: ApiAnswer, date: Date, retryAfter?: number): HttpResponse {
  return {
    code: answer.code,
    headers: {
      "Content-Type": answer.contentType,
      Date: date.toUTCString(),
      "Cache-Control": "no-cache, private",
      ...(answer.warnings.length > 0 && {
        "Warning": answer.warnings.map((text) =>
          `299 - ${JSON.stringify(text).replace(/[^ -~]/g, "?")}`
        ).join(", "),
      }),
      ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
    },
    body: answer.body,
  };
}

/** Reports a bug of the emulator to the client; other requests are still served. */
function internalError(error: unknown): StatusError {
  return new StatusError(500, "InternalError", `Internal error occurred: ${error}`);
}

function tooLarge(): StatusError {
  const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`;
  return new StatusError(413, "RequestEntityTooLarge", message);
}

/** Written as JSON strings, which are valid YAML for any token. */
function kubeconfig(url: string, token: string | undefined): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: emulator
  cluster:
    server: ${url}
users:
- name: emulator
  user: ${token === undefined ? "{}" : `\n    token: ${JSON.stringify(token)}`}
contexts:
- name: emulator
  context:
    cluster: emulator
    user: emulator
current-context: emulator
`;
}
