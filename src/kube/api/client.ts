import { type Deadline, inTime, pause } from "../deadline.ts";
import { deadlinePassed, type Reported } from "../reasons.ts";
import type { Connection, Connector } from "./connection.ts";
import { type ApiRequest, type ApiResponse, NoAnswer, send } from "./http.ts";
import { parsedJson, type Shape, whyOther } from "../shapes.ts";
import { reportOfStatus } from "./status.ts";

/** One finished request, for the log: paths hold names, never a value. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  /** `undefined` when there was no answer. */
  readonly status: number | undefined;
  readonly milliseconds: number;
  /** Why it failed. */
  readonly failure: string | undefined;
}

/** The parsed answer of a success, of the shape that it should have, or what went wrong. */
export type Answered = { readonly ok: true; readonly body: unknown } | {
  readonly ok: false;
  readonly report: Reported;
};

export interface ApiClient {
  call(
    request: Omit<ApiRequest, "headers">,
    shape: Shape,
    deadline: Deadline,
    accept?: string,
  ): Promise<Answered>;
}

/** How often a request is sent again after a passing fault. */
const RETRIES = 4;

/**
 * Sends requests and sends them again where that is safe: anything that the server turned away
 * (429), and what changes nothing after a passing fault. A write without an answer is not sent
 * again: only reading tells what became of it.
 */
export function apiClient(connector: Connector, onCall: (call: ApiCall) => void): ApiClient {
  /** Several wait for one plugin or one file, whoever began with it: each by its own deadline. */
  function connected(deadline: Deadline): Promise<Connection> {
    const late = () => new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false });
    return inTime(connector.connect(deadline), deadline, late);
  }

  async function once(request: ApiRequest, deadline: Deadline): Promise<ApiResponse> {
    const connection = await connected(deadline);
    const headers = { ...request.headers, ...connection.headers };
    const answer = await send(connection, { ...request, headers }, deadline);
    // A plugin's token may have been withdrawn before it expires.
    if (answer.status !== 401 || !connector.refused()) return answer;
    const again = await connected(deadline);
    return await send(
      again,
      { ...request, headers: { ...request.headers, ...again.headers } },
      deadline,
    );
  }

  async function logged(request: ApiRequest, deadline: Deadline): Promise<ApiResponse> {
    const began = performance.now();
    const done = (status: number | undefined, failure: string | undefined) =>
      onCall({
        method: request.method,
        path: request.path,
        status,
        milliseconds: Math.round(performance.now() - began),
        failure,
      });
    try {
      const answer = await once(request, deadline);
      done(answer.status, answer.status < 300 ? undefined : reportOfStatus(answer).kind);
      return answer;
    } catch (error) {
      done(undefined, error instanceof NoAnswer ? error.report.kind : "internal");
      throw error;
    }
  }

  async function call(
    request: Omit<ApiRequest, "headers">,
    shape: Shape,
    deadline: Deadline,
    accept = "application/json",
  ): Promise<Answered> {
    const isRead = request.method === "GET";
    for (let attempt = 0;; attempt++) {
      const { answered, again } = await tried(request, shape, deadline, accept);
      if (answered.ok) return answered;
      const { kind, uncertain } = answered.report;
      const isPassing = again !== undefined || (isRead && uncertain && kind !== "too_large");
      const wait = 1000 * (again ?? 0.1 * 2 ** attempt);
      if (!isPassing || attempt === RETRIES || wait >= deadline.remaining()) return answered;
      // Spread, so that those who were turned away together do not come back together.
      await pause(wait * (1 + Math.random() / 2), deadline);
    }
  }

  /** Tries once; `again`: it was turned away unread and may come back after so many seconds. */
  async function tried(
    request: Omit<ApiRequest, "headers">,
    shape: Shape,
    deadline: Deadline,
    accept: string,
  ): Promise<{ answered: Answered; again?: number }> {
    const isWrite = request.method !== "GET";
    try {
      const answer = await logged({ ...request, headers: { Accept: accept } }, deadline);
      if (answer.status < 300) return { answered: parsed(answer.body, shape, isWrite) };
      const report = reportOfStatus(answer);
      const { status, retryAfter } = answer;
      // Like client-go: only who says when is asked again.
      const isTurnedAway = retryAfter !== undefined && (status === 429 || status === 503);
      return isTurnedAway
        ? {
          answered: { ok: false, report: { ...report, uncertain: false } },
          again: retryAfter,
        }
        : { answered: { ok: false, report } };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { answered: { ok: false, report: error.report } };
    }
  }

  return { call };
}

/** @param isWrite whether what was asked for may be done, though this was answered */
function parsed(text: string, shape: Shape, isWrite: boolean): Answered {
  const failed = (why: string): Answered => ({
    ok: false,
    report: { kind: "failed", why, uncertain: isWrite },
  });
  const body = parsedJson(text);
  return shape.fits(body) ? { ok: true, body } : failed(whyOther(shape, body));
}
