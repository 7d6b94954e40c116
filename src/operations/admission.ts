import type { FleetQueue } from "../fleet/queue.ts";
import { callerKey } from "../rate_limit/per_minute.ts";
import type { PerMinute } from "../rate_limit/per_minute.ts";
import { OperationError } from "./errors.ts";
import { type Limits, Overloaded } from "./limits.ts";
import type { Caller, Limited, Operation, Services } from "./operation.ts";

/** The limits that calls share, one set per process. */
export interface Gates {
  /** Slots of the operations that use clusters or other servers. */
  readonly limits: Limits;
  /** The queue of clusters of requests about several. */
  readonly fleet: FleetQueue;
  /** Limits dry runs and verified credentials, which could test stolen values one by one. */
  readonly tries: PerMinute;
  /** Limits searches for a value, which show whether a guess is right. */
  readonly finds: PerMinute;
  /** Whether callers are identified by tokens. */
  readonly hasTokens: boolean;
}

/** Dry runs and verified credentials per minute, for a token or an address. */
export const TRIES_A_MINUTE = 60;

/** Searches for a value per minute, for a token or an address. */
export const FINDS_A_MINUTE = 10;

const LIMITED = {
  tries: `dry runs and verified credentials: the limit is ${TRIES_A_MINUTE} per minute`,
  finds: `searches for a credential: the limit is ${FINDS_A_MINUTE} per minute`,
} as const satisfies Record<NonNullable<Limited["limit"]>, string>;

/** The cluster of a call, or the number of clusters, for the log. */
export type About = { readonly cluster: string } | { readonly clusters: number };

/** A call to admit. */
export interface Admission {
  /** The cluster of the call; absent for none or several. */
  readonly cluster?: string | undefined;
  readonly attempt?: Limited | undefined;
  /** Whether the call is about several clusters. @default false */
  readonly isFleet?: boolean;
}

/** The key of a caller's limits: the token, or the address if there are no tokens. */
export const callerOf = (
  { identity, actor }: Pick<Caller, "identity" | "actor">,
  { hasTokens }: Pick<Gates, "hasTokens">,
): string => callerKey(hasTokens ? identity.name : undefined, actor.from);

/** @throws {OperationError} 429 over the limit; the audit log records a limited number of these */
export async function checkTries(
  caller: Caller,
  { cluster, attempt }: Admission,
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
 * Takes a slot; operations of the server itself need none.
 * @returns releases the slot
 */
export async function enter(
  { tag, effect }: Operation,
  { identity, actor, requestId, action, gone }: Caller,
  { cluster, attempt, isFleet }: Admission,
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
      // A read is not started if its client is gone; a write is.
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
