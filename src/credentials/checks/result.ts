import type { Verdict, Verifiable } from "../../verify/verdict.ts";

export const CHECK_STATES = ["accepted", "refused", "unreachable", "not_tried"] as const;

/** `not_tried`: nothing was asked, or what was answered does not tell. */
export type CheckState = typeof CHECK_STATES[number];

/** What came of trying a stored value where it is used. Nothing of the value is in it. */
export interface CheckResult {
  readonly state: CheckState;
  /** ISO time at which it was tried, or at which it was left. */
  readonly at: string;
  /** One sentence, without a period. */
  readonly message: string;
  /** ISO time at which it expires, where the issuer said so. */
  readonly expires?: string;
  /** Whether everybody gets what is there, and this value was not refused. */
  readonly open?: true;
  /** Whether it is from an earlier time: nothing was asked now. */
  readonly remembered?: true;
}

/** Whether a value may be written to where this came of: it is accepted, or nobody asks for one. */
export function isUsable({ state, open }: CheckResult): boolean {
  return state === "accepted" || open === true;
}

/**
 * What a login must not be shown to again, since accounts get locked: the host that does not know it, or the one
 * place that it has no right to; of a proxy that does not know its login the proxy. `undefined` where nobody
 * said no to it.
 */
export function deniedAt(
  { accepted, status = 0 }: Verdict,
  what: Verifiable,
): "host" | "place" | "proxy" | undefined {
  if (status === 407) return "proxy";
  if (accepted !== false) return undefined;
  // A registry is asked for no repository when it says so.
  if (status === 401 || status === 403 && what.kind === "registry") return "host";
  return status === 403 ? "place" : undefined;
}

/** @param by whether the value is shown to the server, or to the proxy on the way there */
export function resultOf(verdict: Verdict, by: "login" | "proxy", at: string): CheckResult {
  const { why: message, expires, open, reachable, status } = verdict;
  if (by === "proxy") {
    if (reachable) return { state: "accepted", at, message: "The proxy passes requests on" };
    return { state: status === 407 ? "refused" : stateOf(verdict), at, message };
  }
  return { state: stateOf(verdict), at, message, ...expires && { expires }, ...open && { open } };
}

function stateOf({ accepted, asked, reachable, status = 0, open }: Verdict): CheckState {
  if (accepted !== undefined) return accepted ? "accepted" : "refused";
  if (open || asked === "") return "not_tried";
  return reachable && status < 500 && status !== 429 ? "not_tried" : "unreachable";
}
