import { delay } from "../../async/timed.ts";
import { MAX_READ_FOR_REQUEST, ReadBudget } from "../../verify/read_budget.ts";
import type { Verdict } from "../../verify/verdict.ts";
import type { VerifyOne } from "../verify_credential.ts";
import { hostOf } from "./login_keys.ts";
import type { CheckMemory } from "./memory.ts";
import { type CheckResult, deniedAt, resultOf } from "./result.ts";
import type { Try } from "./tries.ts";

/** What came of a value at a place, and where it stands. */
export interface CheckedPlace<Cell> extends CheckResult {
  readonly fingerprint?: string;
  /** For showing. */
  readonly place: string;
  readonly username?: string;
  readonly cells: readonly Cell[];
}

export interface TryDeps {
  readonly verify: VerifyOne;
  readonly memory: CheckMemory;
  /** Why no further place is to be asked, asked before each: nobody waits any more, say. @default none is */
  readonly whyStopped?: (() => string | undefined) | undefined;
  /**
   * Whether nothing counts that was said before now: of a value that somebody is about to write, and has
   * perhaps been given its rights since it was refused. What is refused now is not tried again either way.
   * @default false
   */
  readonly isFresh?: boolean | undefined;
  /** Waits, in milliseconds. @default by the clock */
  readonly pause?: ((milliseconds: number) => Promise<void>) | undefined;
  /** From 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Milliseconds: at most before the next try at a host; before a host is tried again that was not reached. */
const JITTER = 200;
const AGAIN = 1000;

/** Milliseconds after which a try that came to nothing is not repeated: whoever waits has waited long. */
const QUICK = 5000;

/**
 * Tries each value at its place, once, as `verify` does: a few hosts at a time, each host one after the other.
 * A host that cannot be reached is asked once more, and then left alone for a while. A login that was refused
 * is not shown to that host again within a day, by whatever request. What comes of it is remembered; what was
 * tried longest ago comes first, so that who has no time for all gets on.
 * @param tries distinct ones
 * @returns one for each, in their order
 */
export async function tryOnce<Cell>(
  tries: readonly Try<Cell>[],
  deps: TryDeps,
): Promise<CheckedPlace<Cell>[]> {
  const { memory, isFresh, whyStopped = () => undefined, pause = delay, random = Math.random } =
    deps;
  const since = memory.now();
  const iso = () => new Date(memory.now()).toISOString();

  async function result(each: Try<Cell>): Promise<CheckResult> {
    if ("notTried" in each) return { state: "not_tried", at: iso(), message: each.notTried };
    return memory.known(each, since, isFresh) ??
      await memory.turns.during(hostOf(each.what), (isNext) => inTurn(each, isNext));
  }

  async function inTurn(each: Extract<Try<Cell>, { what: unknown }>, isNext: boolean) {
    // Somebody may have asked in the meantime.
    const known = memory.known(each, since, isFresh);
    if (known !== undefined) return known;
    const why = whyStopped();
    if (why !== undefined) return { state: "not_tried", at: iso(), message: why } as const;
    if (isNext) await pause(random() * JITTER);
    const verdict = await asked(each);
    // When the login expires says nothing of a proxy's.
    const fingerprint = each.by === "login" ? each.fingerprint : undefined;
    return resultOf(verdict, each.by, memory.learn(each.what, verdict, fingerprint));
  }

  async function asked({ what }: Extract<Try<Cell>, { what: unknown }>): Promise<Verdict> {
    const ask = () => deps.verify(what, new ReadBudget(MAX_READ_FOR_REQUEST));
    const began = memory.now();
    const first = await ask();
    const isSettled = first.reachable || first.asked === "" || deniedAt(first, what) !== undefined;
    if (isSettled || memory.now() - began > QUICK || whyStopped() !== undefined) return first;
    await pause(AGAIN * (0.5 + random()));
    return await ask();
  }

  const triedAt = (each: Try<Cell>) => "what" in each ? memory.triedAt(each.what) : 0;
  const ordered = tries.toSorted((a, b) => triedAt(a) - triedAt(b));
  const results = new Map(ordered.map((each) => [each, result(each)]));
  return await Promise.all(tries.map(async (each) => {
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
