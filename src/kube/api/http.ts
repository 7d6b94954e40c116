import http from "node:http";
import https from "node:https";
import type { Deadline } from "../deadline.ts";
import { deadlinePassed, FAILURES, noTls, type Reported } from "../reasons.ts";
import type { UserHeaders } from "../kubeconfig/headers.ts";
import { tlsFailure } from "../../net/tls_failure.ts";
import { byteLength, joined } from "../../text/bytes.ts";
import { type Handshakes, NotConnected, type Waiting } from "./handshakes.ts";

/** Largest answer accepted, in bytes: as much as of kubectl. */
const MAX_ANSWER = 32 * 1024 * 1024;

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root, with its query. */
  readonly path: string;
  /** The media type that is asked for. @default JSON */
  readonly accept?: string;
  readonly body?: string;
  /** Whether it is a question, whatever its method. @default as of GET */
  readonly changesNothing?: boolean;
}

export interface ApiResponse {
  readonly status: number;
  /** Seconds, from `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** The header: when it was made. */
  readonly date: string | undefined;
  readonly body: string;
}

/** A request without an answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(readonly report: Reported) {
    super(report.why);
  }
}

/** A way to the API server that carries the kubeconfig's credentials. */
export interface Connection {
  readonly server: URL;
  /** Keeps the connections. */
  readonly agent: http.Agent | https.Agent;
  /** Of that agent. */
  readonly handshakes: Handshakes;
  readonly headers: UserHeaders;
}

/** Interim answers that any request may get, and that mean nothing to one: Continue, Early Hints. */
const INTERIM: ReadonlySet<number | undefined> = new Set([100, 103]);

/**
 * Sends one request over a kept connection. It ends at the deadline, whether or not node:http says
 * anything then.
 *
 * Permissions: `--allow-net` of the server.
 * @throws {NoAnswer} with whether the request may have been carried out
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
      reject(new NoAnswer(report));
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
    const inVain = handshakes.inVain(agent, deadline);
    if (inVain) return giveUp(inVain);
    /** An answer that is none, such as 101; of Deno's node:http nothing more may come then. */
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
      // It comes after every answer, and an error costs as much as parsing one.
      answer.on("close", () => isSettled || fail(new Error("closed before its end")));
      answer.on("end", () => {
        const seconds = Number(answer.headers["retry-after"]);
        settled();
        resolve({
          status: answer.statusCode ?? 0,
          retryAfter: Number.isFinite(seconds) ? seconds : undefined,
          date: answer.headers.date,
          body: new TextDecoder().decode(joined(chunks)),
        });
      });
    });
    sent.on("error", fail);
    sent.on("upgrade", (_answer, socket) => {
      refuse();
      socket.destroy();
    });
    sent.on("information", ({ statusCode }) => INTERIM.has(statusCode) || refuse());
    const waiting: Waiting = {
      sent,
      agent,
      deadline,
      giveUp: (report) => {
        giveUp(report);
        sent.destroy();
      },
    };
    // Of one that waits for a connection, destroying it brings no event before it has that.
    const abort = () => waiting.giveUp(deadlinePassed(deadline.seconds));
    settled = () => {
      isSettled = true;
      deadline.signal.removeEventListener("abort", abort);
      handshakes.forget(waiting);
    };
    handshakes.watch(waiting);
    // Given as an option, the signal costs several listeners a request.
    deadline.signal.addEventListener("abort", abort);
    // Deno sends a request again, of any method, when a kept connection breaks before the answer, or
    // is destroyed by us (canRetryRequest in its node:http): of a write nobody would know what became
    // of it, and a read would go on after its deadline. Reads are sent again by `send.ts`, which
    // counts and logs them.
    sent.on("socket", () => sent.reusedSocket = false);
    sent.end(body);
  });
}

/** Failures before a byte of the request was sent, by Node's error codes. */
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

/** Whether none of the values has a line break, say, which a token in a kubeconfig may have. */
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
