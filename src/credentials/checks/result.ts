import type { Verdict, Verifiable } from "../../verify/verdict.ts";

export const CHECK_STATES = ["accepted", "refused", "unreachable", "not_tried"] as const;

/** `not_tried`: no request was sent, or the response does not say whether the value is accepted. */
export type CheckState = typeof CHECK_STATES[number];

/** The result of checking a stored value where it is used. It contains no part of the value. */
export interface CheckResult {
  readonly state: CheckState;
  /** ISO time of the check, or of the decision not to check. */
  readonly at: string;
  /** Sentences; the last one has no period. */
  readonly message: string;
  /** ISO time at which the value expires, if the issuer reported it. */
  readonly expires?: string;
  /** Whether the server needs no credential, and this value was not refused. */
  readonly open?: true;
  /** Whether it is the result of an earlier check; no request was sent now. */
  readonly cached?: true;
  /** Whether it was not checked because the call was stopped before; another call may check it. */
  readonly skipped?: true;
}

/** Whether a value with this result may be written: the server accepts it, or needs none. */
export function isUsable({ state, open }: CheckResult): boolean {
  return state === "accepted" || open === true;
}

/**
 * Where a login must not be sent again, because failed logins lock accounts: to the host (it does not know the
 * login), to this place only (the login has no permission there), or to the proxy. `undefined` where the login was
 * not refused.
 */
export function deniedAt(
  { accepted, status = 0 }: Verdict,
  what: Verifiable,
): "host" | "place" | "proxy" | undefined {
  if (status === 407) return "proxy";
  if (accepted !== false) return undefined;
  // A registry's 403 is the answer to a login without a repository.
  if (status === 401 || status === 403 && what.kind === "registry") return "host";
  return status === 403 ? "place" : undefined;
}

/** @param by whether the value is sent to the server, or to the proxy in front of it */
export function resultOf(verdict: Verdict, by: "login" | "proxy", at: string): CheckResult {
  const { why: message, expires, open, reachable, status } = verdict;
  if (by === "proxy") {
    if (reachable) return { state: "accepted", at, message: "The proxy accepts the credential" };
    return { state: status === 407 ? "refused" : stateOf(verdict), at, message };
  }
  return { state: stateOf(verdict), at, message, ...expires && { expires }, ...open && { open } };
}

function stateOf({ accepted, asked, reachable, status = 0, open }: Verdict): CheckState {
  if (accepted !== undefined) return accepted ? "accepted" : "refused";
  if (open || asked === "") return "not_tried";
  return reachable && status < 500 && status !== 429 ? "not_tried" : "unreachable";
}

/** The part of a check result that the matrix shows. */
export type ShownCheck = Pick<CheckResult, "state" | "at">;

/** Worst first. */
const WORST: readonly CheckState[] = ["refused", "unreachable", "not_tried", "accepted"];

/** The worst of several results; among equal ones the latest. */
export function worstOf(checks: Iterable<ShownCheck>): ShownCheck | undefined {
  let worst: ShownCheck | undefined;
  for (const each of checks) {
    const order = worst === undefined ? -1 : WORST.indexOf(each.state) - WORST.indexOf(worst.state);
    if (order < 0 || order === 0 && each.at > worst!.at) worst = each;
  }
  return worst;
}
