import http from "node:http";
import https from "node:https";
import type { Deadline } from "../deadline.ts";
import { deadlinePassed, FAILURES, noTls, type Reported } from "../reasons.ts";
import type { UserHeaders } from "../kubeconfig/headers.ts";
import { tlsFailure } from "../../net/tls_failure.ts";
import { byteLength, joined } from "../../text/bytes.ts";
import { type Handshakes, NotConnected, type WaitingRequest } from "./handshakes.ts";

/** Largest response in bytes; the same limit as for kubectl's output. */
const MAX_ANSWER = 32 * 1024 * 1024;

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** The path with its query. */
  readonly path: string;
  /** The `Accept` header. @default JSON */
  readonly accept?: string;
  readonly body?: string;
  /** Whether the request is read-only, so that it may be sent again. @default true for GET */
  readonly changesNothing?: boolean;
}

export interface ApiResponse {
  readonly status: number;
  /** Seconds, from the header `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** The header `Date`. */
  readonly date: string | undefined;
  readonly body: string;
}

/** A request without a response. */
export class NoResponse extends Error {
  override readonly name = "NoResponse";

  constructor(readonly report: Reported) {
    super(report.why);
  }
}

/** How to send requests to the API server with the kubeconfig's credentials. */
export interface Connection {
  readonly server: URL;
  /** Keeps connections open. */
  readonly agent: http.Agent | https.Agent;
  /** Enforces the connect timeout of the agent. */
  readonly handshakes: Handshakes;
  readonly headers: UserHeaders;
}

/** Interim responses that are ignored: Continue, Early Hints. */
const INTERIM: ReadonlySet<number | undefined> = new Set([100, 103]);

/**
 * Sends one request over a connection that is kept open. It settles at the deadline, even if node:http
 * emits no event then.
 *
 * Permissions: `--allow-net` of the server.
 * @throws {NoResponse} with whether the request may have been carried out
 */
export function roundTrip(
  { server, agent, handshakes, headers }: Connection,
  { method, path, accept = "application/json", body }: ApiRequest,
  deadline: Deadline,
): Promise<ApiResponse> {
  const isTls = server.protocol === "https:";
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const giveUp = (report: Reported) => {
      if (isSettled) return;
      settled();
      reject(new NoResponse(report));
    };
    const fail = (error: unknown) =>
      giveUp(deadline.signal.aborted ? deadlinePassed(deadline.seconds) : reportOf(error));
    const options = {
      method,
      agent: agent as https.Agent,
      headers: {
        Accept: accept,
        ...headers as Record<string, string | string[]>,
        "User-Agent": "argocd-configurer",
        ...(body === undefined ? {} : {
          "Content-Type": "application/json",
          "Content-Length": String(byteLength(body)),
        }),
      },
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port,
      path: server.pathname.replace(/\/$/, "") + path,
    };
    let settled = () => {};
    if (deadline.signal.aborted) return fail(undefined);
    if (!fitHeaders(options.headers)) return giveUp(FAILURES.noHeader);
    const timedOut = handshakes.alreadyTimedOut(agent, deadline);
    if (timedOut) return giveUp(timedOut);
    /** Fails on a status such as 101, after which Deno's node:http may emit no further event. */
    const refuse = () => {
      giveUp(FAILURES.notHttp);
      sent.destroy();
    };
    const sent = (isTls ? https : http).request(options, (answer) => {
      if ((answer.statusCode ?? 0) < 200) return refuse();
      const chunks: Uint8Array[] = [];
      let size = 0;
      answer.on("data", (chunk: Uint8Array) => {
        size += chunk.length;
        if (size <= MAX_ANSWER) return void chunks.push(chunk);
        sent.destroy();
        giveUp(FAILURES.tooLarge);
      });
      answer.on("error", fail);
      // `close` follows every response; creating an error each time would cost as much as parsing.
      answer.on("close", () => isSettled || fail(new Error("closed before its end")));
      answer.on("end", () => {
        const seconds = Number(answer.headers["retry-after"]);
        settled();
        resolve({
          status: answer.statusCode ?? 0,
          retryAfter: Number.isFinite(seconds) ? seconds : undefined,
          date: answer.headers.date,
          body: new TextDecoder().decode(chunks.length === 1 ? chunks[0] : joined(chunks)),
        });
      });
    });
    sent.on("error", fail);
    sent.on("upgrade", (_answer, socket) => {
      refuse();
      socket.destroy();
    });
    sent.on("information", ({ statusCode }) => INTERIM.has(statusCode) || refuse());
    const waiting: WaitingRequest = {
      sent,
      agent,
      deadline,
      giveUp: (report) => {
        giveUp(report);
        sent.destroy();
      },
    };
    // A request that waits for a connection emits no event when it is destroyed.
    const abort = () => waiting.giveUp(deadlinePassed(deadline.seconds));
    settled = () => {
      isSettled = true;
      deadline.signal.removeEventListener("abort", abort);
      handshakes.forget(waiting);
    };
    handshakes.watch(waiting);
    // Passing the signal as an option would add several listeners per request.
    deadline.signal.addEventListener("abort", abort);
    // Deno repeats a request of any method when a reused connection is lost before the response, or when
    // we destroy it (canRetryRequest in its node:http). A write could then be applied twice unnoticed,
    // and a read would run past its deadline. `send.ts` retries reads, and counts and logs them.
    sent.on("socket", () => sent.reusedSocket = false);
    sent.end(body);
  });
}

/** Failures before any byte of the request was sent, by Node's error codes. */
const NOT_SENT: Readonly<Record<string, Reported>> = {
  ECONNREFUSED: FAILURES.refused,
  ENOTFOUND: FAILURES.noHost,
  EAI_AGAIN: FAILURES.noHost,
  EHOSTUNREACH: FAILURES.noHost,
  ENETUNREACH: FAILURES.noHost,
};

function reportOf(error: unknown): Reported {
  if (error instanceof NotConnected) return error.report;
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const failure = tlsFailure({ code, message });
  return NOT_SENT[code] ?? (failure ? noTls(failure) : FAILURES.broke);
}

/** Whether all values are allowed in HTTP headers; a token in a kubeconfig may contain a line break. */
function fitHeaders(headers: Readonly<Record<string, string | string[]>>): boolean {
  try {
    for (const [name, values] of Object.entries(headers)) {
      for (const value of [values].flat()) http.validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}
