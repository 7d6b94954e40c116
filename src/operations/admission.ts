import type { FleetQueue } from "../fleet/queue.ts";
import { callerKey } from "../rate_limit/caller.ts";
import type { PerMinute } from "../rate_limit/per_minute.ts";
import { OperationError } from "./errors.ts";
import { type Limits, Overloaded } from "./limits.ts";
import type { Caller, Limited, Operation, Services } from "./operation.ts";

/** What calls go through besides the services: one for each program. */
export interface Gates {
  /** Places of the operations that ask clusters or other servers. */
  readonly limits: Limits;
  /** Turns of the clusters of requests about several. */
  readonly fleet: FleetQueue;
  /** Dry runs and tried credentials: by them stolen values could be tried one after the other. */
  readonly tries: PerMinute;
  /** Searches for a value, each of which tells whether a guess is right. */
  readonly finds: PerMinute;
  /** Whether tokens say who calls. */
  readonly hasTokens: boolean;
}

/** How many dry runs and tried credentials a minute one token, or one address, may have. */
export const TRIES_A_MINUTE = 60;

/** How many searches for a value. */
export const FINDS_A_MINUTE = 10;

const LIMITED = {
  tries: `dry runs and tried credentials: ${TRIES_A_MINUTE} a minute are allowed`,
  finds: `searches for a credential: ${FINDS_A_MINUTE} a minute are allowed`,
} as const satisfies Record<NonNullable<Limited["limit"]>, string>;

/** What a call is about, for the log: one cluster, or how many. */
export type About = { readonly cluster: string } | { readonly clusters: number };

/** What is to be let in. */
export interface ToAdmit {
  /** The one that it is about; absent where that is none or several. */
  readonly cluster?: string | undefined;
  readonly attempt?: Limited | undefined;
  /** Whether it is about several. @default false */
  readonly isFleet?: boolean;
}

/** Who has a share of what all share: a token, or an address where there are none. */
export const callerOf = (
  { identity, actor }: Pick<Caller, "identity" | "actor">,
  { hasTokens }: Pick<Gates, "hasTokens">,
): string => callerKey(hasTokens ? identity.name : undefined, actor.from);

/** What is refused is on record by a budget, so that nobody fills the log with it. */
export async function checkTries(
  caller: Caller,
  { cluster, attempt }: ToAdmit,
  { auditLog }: Services,
  gates: Gates,
): Promise<void> {
  if (attempt === undefined || attempt.tries === 0) return;
  const { limit = "tries", tries } = attempt;
  const { hasTokens } = gates;
  const { actor, requestId, action } = caller;
  const { isTooMany, seconds } = gates[limit].count(callerOf(caller, gates), tries);
  if (!isTooMany) return;
  const what = LIMITED[limit];
  const error = new OperationError("rate_limited", { what }, { retryAfter: seconds, cluster });
  const reason = error.message;
  await auditLog?.refused({ requestId, actor, action, cluster, reason, isKnown: hasTokens });
  throw error;
}

/**
 * Takes a place. The server's own operations need none.
 * @returns what gives it back
 */
export async function enter(
  { tag, effect }: Operation,
  { identity, actor, requestId, action, gone }: Caller,
  { cluster, attempt, isFleet }: ToAdmit,
  { auditLog }: Services,
  { limits, hasTokens }: Gates,
): Promise<() => void> {
  if (tag === "server") return () => {};
  try {
    const token = hasTokens ? identity.name : undefined;
    return await limits.enter({
      cluster,
      token,
      isFleet,
      effect: attempt?.dryRun ? "try" : effect,
      // A read that nobody waits for is not begun; a write is.
      gone: effect === "read" ? gone : undefined,
    });
  } catch (error) {
    if (error instanceof Overloaded && attempt !== undefined) {
      const reason = error.message;
      await auditLog?.refused({ requestId, actor, action, cluster, reason, isKnown: hasTokens });
    }
    throw error;
  }
}
