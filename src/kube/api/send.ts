import { parsedJson } from "../../text/json.ts";
import { type Deadline, inTime, pause } from "../deadline.ts";
import { deadlinePassed, type Reported } from "../reasons.ts";
import { type AnswerShape, whyOther } from "../shapes.ts";
import type { Connector } from "./connection.ts";
import { type ApiRequest, NoResponse, roundTrip } from "./http.ts";
import { reportOfStatus } from "./status.ts";

/** One finished request, for the log. Paths contain names, never a value. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  /** `undefined` when there was no response. */
  readonly status: number | undefined;
  readonly milliseconds: number;
  /** Whether it may have changed the cluster. */
  readonly isWrite: boolean;
  /** `undefined` after a success; `report` is `undefined` after a bug. */
  readonly failure:
    | { readonly report: Reported | undefined; readonly isRetried: boolean }
    | undefined;
}

/** The parsed body of a successful response with the expected shape, or the failure. */
export type Answered = {
  readonly ok: true;
  readonly body: unknown;
  /** The header `Date`. */
  readonly date: string | undefined;
} | {
  readonly ok: false;
  readonly report: Reported;
};

export type ApiSend = (
  request: ApiRequest,
  shape: AnswerShape,
  deadline: Deadline,
) => Promise<Answered>;

/** How often a request is retried after a transient failure. */
const RETRIES = 4;

/**
 * Sends requests, and retries them where that is safe: requests that the server did not process (429 or
 * 503, with `Retry-After`), and read-only requests after a transient failure. A write without a response
 * is not retried; only reading the object shows its outcome.
 * @param open returns the connector; called for each request
 */
export function apiSend(
  open: () => Promise<Connector>,
  onCall: (call: ApiCall) => void = () => {},
): ApiSend {
  return async function send(request, shape, deadline) {
    const { method, path, changesNothing: isRead = method === "GET" } = request;
    for (let attempt = 0;; attempt++) {
      let report: Reported;
      /** Seconds after which to retry a request that the server did not process. */
      let again: number | undefined;
      let began: number | undefined;
      let status: number | undefined;
      const log = (failure?: ApiCall["failure"]) => {
        if (began === undefined) return;
        const milliseconds = Math.round(performance.now() - began);
        onCall({ method, path, status, milliseconds, isWrite: !isRead, failure });
      };
      try {
        const connector = await open();
        began = performance.now();
        let answer = await roundTrip(await connected(connector, deadline), request, deadline);
        // A plugin's token may have been revoked before it expires.
        if (answer.status === 401 && connector.refused()) {
          answer = await roundTrip(await connected(connector, deadline), request, deadline);
        }
        const { retryAfter } = answer;
        status = answer.status;
        if (status < 300) {
          const body = parsedJson(answer.body);
          if (shape.fits(body)) {
            log();
            return { ok: true, body, date: answer.date };
          }
          // A write may have been carried out despite the unexpected response.
          report = { kind: "failed", why: whyOther(shape, body), uncertain: !isRead };
          log({ report, isRetried: false });
          return { ok: false, report };
        }
        report = reportOfStatus(answer);
        // Like client-go: retried only when the response has Retry-After.
        if (retryAfter !== undefined && (status === 429 || status === 503)) {
          report = { ...report, uncertain: false };
          again = retryAfter;
        }
      } catch (error) {
        if (!(error instanceof NoResponse)) {
          log({ report: undefined, isRetried: false });
          throw error;
        }
        report = error.report;
      }
      const isTransient = again !== undefined ||
        (isRead && report.uncertain && report.kind !== "too_large");
      const wait = 1000 * (again ?? 0.1 * 2 ** attempt);
      const isRetried = isTransient && attempt < RETRIES && wait < deadline.remaining();
      log({ report, isRetried });
      if (!isRetried) return { ok: false, report };
      // Random, so that requests that failed together do not retry together.
      await pause(wait * (1 + Math.random() / 2), deadline);
    }
  };
}

/** Requests may share one run of a plugin, which another started; each keeps its own deadline. */
function connected(connector: Connector, deadline: Deadline) {
  const late = () => new NoResponse({ ...deadlinePassed(deadline.seconds), uncertain: false });
  return inTime(connector.connect(deadline), deadline, late);
}
