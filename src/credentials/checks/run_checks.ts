import { delay } from "../../async/timed.ts";
import { MAX_READ_FOR_REQUEST, ReadBudget } from "../../verify/read_budget.ts";
import type { Verdict } from "../../verify/verdict.ts";
import type { VerifyOne } from "../verify_credential.ts";
import { serverHostOf } from "./login_keys.ts";
import type { CheckMemory } from "./memory.ts";
import { type CheckResult, deniedAt, resultOf } from "./result.ts";
import type { PendingCheck } from "./pending_checks.ts";

/** The result of checking a value at a place, and the cells that contain it. */
export interface CheckedPlace<Cell> extends CheckResult {
  readonly fingerprint?: string;
  /** For display. */
  readonly place: string;
  readonly username?: string;
  readonly cells: readonly Cell[];
}

export interface CheckDeps {
  readonly verify: VerifyOne;
  readonly memory: CheckMemory;
  /** Returns why no further place may be checked, such as a closed connection; called before each. @default never */
  readonly whyStopped?: (() => string | undefined) | undefined;
  /**
   * Whether earlier results do not count: a value that is about to be written may have been given its permissions
   * since it was refused. A value that is refused now is not sent again either way.
   * @default false
   */
  readonly isFresh?: boolean | undefined;
  /** Waits for milliseconds. @default by the clock */
  readonly pause?: ((milliseconds: number) => Promise<void>) | undefined;
  /** From 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The longest wait before the next check at a host, in milliseconds. */
const JITTER = 200;

/** Milliseconds before the retry at an unreachable host. */
const RETRY_AFTER = 1000;

/** A check that failed after more milliseconds than this is not retried: the caller has waited long enough. */
const QUICK = 5000;

/**
 * Checks each value once at its place, as `verify` does: several hosts at a time, and each host one value after the
 * other. An unreachable host is retried once and then backs off, an overloaded one (429) at once. A login that was
 * refused is not sent to that host again within a day, by any request. Results are remembered. The value checked longest
 * ago comes first, so that a caller without time for all of them makes progress.
 * @param checks distinct ones
 * @returns one result for each, in their order
 */
export async function runChecks<Cell>(
  checks: readonly PendingCheck<Cell>[],
  deps: CheckDeps,
): Promise<CheckedPlace<Cell>[]> {
  const { memory, isFresh, whyStopped = () => undefined, pause = delay, random = Math.random } =
    deps;
  const since = memory.now();
  const iso = () => new Date(memory.now()).toISOString();

  async function result(each: PendingCheck<Cell>): Promise<CheckResult> {
    if ("notTried" in each) return { state: "not_tried", at: iso(), message: each.notTried };
    return memory.known(each, since, isFresh) ??
      await memory.queues.run(serverHostOf(each.what), (isNext) => queued(each, isNext));
  }

  async function queued(each: Extract<PendingCheck<Cell>, { what: unknown }>, isNext: boolean) {
    // Another request may have checked it in the meantime.
    const known = memory.known(each, since, isFresh);
    if (known !== undefined) return known;
    const why = whyStopped();
    if (why !== undefined) {
      return { state: "not_tried", at: iso(), message: why, skipped: true } as const;
    }
    if (isNext) await pause(random() * JITTER);
    const verdict = await verified(each);
    // The expiry that a server reports is not that of the proxy's credential.
    const fingerprint = each.by === "login" ? each.fingerprint : undefined;
    return resultOf(verdict, each.by, memory.learn(each.what, verdict, fingerprint));
  }

  async function verified(
    { what }: Extract<PendingCheck<Cell>, { what: unknown }>,
  ): Promise<Verdict> {
    const verify = () => deps.verify(what, new ReadBudget(MAX_READ_FOR_REQUEST));
    const started = memory.now();
    const first = await verify();
    const isSettled = first.reachable || first.asked === "" || deniedAt(first, what) !== undefined;
    if (isSettled || memory.now() - started > QUICK || whyStopped() !== undefined) return first;
    await pause(RETRY_AFTER * (0.5 + random()));
    return await verify();
  }

  const checkedAt = (each: PendingCheck<Cell>) => "what" in each ? memory.checkedAt(each.what) : 0;
  const ordered = checks.toSorted((a, b) => checkedAt(a) - checkedAt(b));
  const results = new Map(ordered.map((each) => [each, result(each)]));
  return await Promise.all(checks.map(async (each) => {
    const { fingerprint, at: place, username, cells } = each;
    return {
      ...fingerprint !== undefined && { fingerprint },
      place,
      ...username !== undefined && { username },
      ...await results.get(each)!,
      cells,
    };
  }));
}
