import { parsedJson } from "../../text/json.ts";
import { type Deadline, inTime, pause } from "../deadline.ts";
import { deadlinePassed, type Reported } from "../reasons.ts";
import { type Shape, whyOther } from "../shapes.ts";
import type { Connector } from "./connection.ts";
import { type ApiRequest, NoAnswer, roundTrip } from "./http.ts";
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
export type Answered = {
  readonly ok: true;
  readonly body: unknown;
  /** When it was made, as the server says. */
  readonly date: string | undefined;
} | {
  readonly ok: false;
  readonly report: Reported;
};

export type Send = (request: ApiRequest, shape: Shape, deadline: Deadline) => Promise<Answered>;

/** How often a request is sent again after a passing fault. */
const RETRIES = 4;

/**
 * The one way of a request: it is sent, and sent again where that is safe: anything that the server
 * turned away (429), and what changes nothing after a passing fault. A write without an answer is not
 * sent again: only reading tells what became of it.
 * @param open asked with each request, for one that stays
 */
export function apiSend(
  open: () => Promise<Connector>,
  onCall: (call: ApiCall) => void = () => {},
): Send {
  return async function send(request, shape, deadline) {
    const { method, path, changesNothing: isRead = method === "GET" } = request;
    for (let attempt = 0;; attempt++) {
      let report: Reported;
      /** Seconds after which it may come back, for it was turned away unread. */
      let again: number | undefined;
      let began: number | undefined;
      const log = (status: number | undefined, failure: string | undefined) => {
        if (began === undefined) return;
        onCall({
          method,
          path,
          status,
          milliseconds: Math.round(performance.now() - began),
          failure,
        });
      };
      try {
        const connector = await open();
        began = performance.now();
        let answer = await roundTrip(await connected(connector, deadline), request, deadline);
        // A plugin's token may have been withdrawn before it expires.
        if (answer.status === 401 && connector.refused()) {
          answer = await roundTrip(await connected(connector, deadline), request, deadline);
        }
        const { status, retryAfter } = answer;
        if (status < 300) {
          log(status, undefined);
          const body = parsedJson(answer.body);
          if (shape.fits(body)) return { ok: true, body, date: answer.date };
          // What was asked for may be done, though this was answered.
          return {
            ok: false,
            report: { kind: "failed", why: whyOther(shape, body), uncertain: !isRead },
          };
        }
        report = reportOfStatus(answer);
        log(status, report.kind);
        // Like client-go: only who says when is asked again.
        if (retryAfter !== undefined && (status === 429 || status === 503)) {
          report = { ...report, uncertain: false };
          again = retryAfter;
        }
      } catch (error) {
        log(undefined, error instanceof NoAnswer ? error.report.kind : "internal");
        if (!(error instanceof NoAnswer)) throw error;
        report = error.report;
      }
      const isPassing = again !== undefined ||
        (isRead && report.uncertain && report.kind !== "too_large");
      const wait = 1000 * (again ?? 0.1 * 2 ** attempt);
      if (!isPassing || attempt === RETRIES || wait >= deadline.remaining()) {
        return { ok: false, report };
      }
      // Spread, so that those who were turned away together do not come back together.
      await pause(wait * (1 + Math.random() / 2), deadline);
    }
  };
}

/** Several wait for one plugin or one file, whoever began with it: each by its own deadline. */
function connected(connector: Connector, deadline: Deadline) {
  const late = () => new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false });
  return inTime(connector.connect(deadline), deadline, late);
}
