import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import { Kept } from "./kept.ts";
import { type LoginKeys, loginKeys, serverHostOf } from "./login_keys.ts";
import { type CheckResult, deniedAt, resultOf } from "./result.ts";
import type { CheckTarget, ValueToCheck } from "./check_target.ts";
import { HostQueues } from "./host_queues.ts";

/** Milliseconds for which a result is remembered. */
const REMEMBERED = 24 * 60 * 60 * 1000;

/** Milliseconds before a host that is unreachable or overloaded is contacted again: at first, and at most. */
const BACKOFF = { first: 5_000, most: 5 * 60_000 } as const;

/** HTTP status of a host that gets too many requests; more of them could block this machine. */
const TOO_MANY = 429;

type By = Extract<CheckTarget, { readonly what: unknown }>["by"];

/** A server's verdict, and when it was given. */
interface TimedVerdict {
  readonly verdict: Verdict;
  readonly at: number;
}

/** A login that was refused. */
interface Denial {
  readonly at: number;
  /** The host that refused it. */
  readonly by: string;
  readonly isProxy: boolean;
}

/** A host that could not be reached, or that asks for fewer requests. */
interface BackingOff {
  readonly at: number;
  /** When it may be contacted again. */
  readonly until: number;
  readonly wait: number;
  readonly message: string;
}

/**
 * Remembers check results of stored values for a day, in this process only. It holds no value. It also prevents
 * repeating a login that was refused, because failed logins lock accounts.
 */
export class CheckMemory {
  /** The queues of running checks. */
  readonly queues: HostQueues = new HostQueues();
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly keysOf: (what: Verifiable) => LoginKeys = loginKeys();
  readonly #verdicts: Kept<TimedVerdict>;
  readonly #denials: Kept<Denial>;
  readonly #backingOff: Kept<BackingOff>;
  readonly #expiries: Kept<string>;

  /**
   * @param now @default the real time
   * @param most how many results are remembered; the oldest are dropped first
   */
  constructor({ now = () => Date.now(), most = 20_000 } = {}) {
    this.now = now;
    const kept = <Value>() => new Kept<Value>({ most, milliseconds: REMEMBERED, now });
    this.#verdicts = kept();
    this.#denials = kept();
    this.#backingOff = kept();
    this.#expiries = kept();
  }

  /** Whether no value was checked yet. */
  get isEmpty(): boolean {
    return this.#verdicts.isEmpty;
  }

  /** The remembered result of a value; `undefined` where it was not checked within a day. */
  resultOf(value: ValueToCheck): CheckResult | undefined {
    if (this.isEmpty || !("what" in value)) return undefined;
    const keys = this.keysOf(value.what);
    const last = this.#verdicts.get(keys.whole);
    const denied = this.#denied(keys);
    if (last === undefined || denied !== undefined && denied.at > last.at) {
      return denied && deniedResult(denied, value.by);
    }
    return remembered(last, value.by);
  }

  /** When it was last checked, in milliseconds since 1970; 0 where it was not within a day. */
  checkedAt(what: Verifiable): number {
    return this.#verdicts.get(this.keysOf(what).whole)?.at ?? 0;
  }

  /** When a value expires according to its issuer, at whichever place it was checked. */
  expiryOf(fingerprint: string): string | undefined {
    return this.#expiries.get(fingerprint);
  }

  /**
   * A result that makes a request unnecessary or forbids one: a verdict since a time, a login that was refused
   * within a day, or a host that is backing off.
   * @param since milliseconds since 1970
   * @param isFresh whether verdicts before that time do not count
   */
  known(
    { what, by }: { what: Verifiable; by: By },
    since: number,
    isFresh = false,
  ): CheckResult | undefined {
    const keys = this.keysOf(what);
    const last = this.#verdicts.get(keys.whole);
    if (last !== undefined && last.at >= since) return remembered(last, by);
    const denied = this.#denied(keys, isFresh ? since : 0);
    if (last !== undefined && !isFresh) {
      const where = deniedAt(last.verdict, what);
      // The host may have accepted the login at another path since.
      if (where === "place" || where !== undefined && denied !== undefined) {
        const result = remembered(last, by);
        return { ...result, message: `${result.message}. ${NOT_AGAIN}` };
      }
    }
    if (denied !== undefined) return deniedResult(denied, by);
    const backingOff = this.#backingOff.get(keys.server);
    if (backingOff === undefined || backingOff.until <= this.now()) return undefined;
    if (isFresh && backingOff.at < since) return undefined;
    const { at, until, message } = backingOff;
    const retry = `${message}; no retry before ${isoTime(until)}`;
    return { state: "unreachable", at: isoTime(at), message: retry, cached: true };
  }

  /**
   * Remembers a verdict.
   * @returns its ISO time
   */
  learn(what: Verifiable, verdict: Verdict, fingerprint?: string): string {
    const at = this.now();
    const keys = this.keysOf(what);
    this.#verdicts.set(keys.whole, { verdict, at });
    if (fingerprint !== undefined && verdict.expires !== undefined) {
      this.#expiries.set(fingerprint, verdict.expires);
    }
    if (verdict.accepted) this.#denials.delete(keys.login);
    if (verdict.reachable && keys.proxy !== undefined) this.#denials.delete(keys.proxy);
    const denied = deniedAt(verdict, what);
    if (denied === "host") {
      this.#denials.set(keys.login, { at, by: serverHostOf(what), isProxy: false });
    }
    if (denied === "proxy") {
      this.#denials.set(keys.proxy ?? keys.login, { at, by: "its proxy", isProxy: true });
    }
    const isOver = verdict.accepted === undefined && verdict.status === TOO_MANY;
    if (!isOver && (verdict.reachable || verdict.asked === "" || denied !== undefined)) {
      this.#backingOff.delete(keys.server);
      return isoTime(at);
    }
    const before = this.#backingOff.get(keys.server)?.wait ?? BACKOFF.first / 2;
    const wait = Math.min(before * 2, BACKOFF.most);
    this.#backingOff.set(keys.server, { at, until: at + wait, wait, message: verdict.why });
    return isoTime(at);
  }

  /** @param since the earliest refusal that counts, in milliseconds since 1970 */
  #denied({ proxy, login }: LoginKeys, since = 0): Denial | undefined {
    if (this.#denials.isEmpty) return undefined;
    const byProxy = proxy === undefined ? undefined : this.#denials.get(proxy);
    return [byProxy, this.#denials.get(login)].find((each) =>
      each !== undefined && each.at >= since
    );
  }
}

const isoTime = (at: number) => new Date(at).toISOString();

const remembered = ({ verdict, at }: TimedVerdict, by: By): CheckResult => ({
  ...resultOf(verdict, by, isoTime(at)),
  cached: true,
});

/** The end of a message about an earlier refusal, with the way to verify the login anyway. */
const NOT_AGAIN =
  "The same login is not sent again for 24 hours, because repeated failures lock accounts. " +
  "To verify it anyway, use 'verify'";

/** The result of a login that was refused at another path of the host, which refuses it at every path. */
function deniedResult({ at, by, isProxy }: Denial, shownTo: By): CheckResult {
  const isIt = isProxy === (shownTo === "proxy");
  const state = isIt ? "refused" : isProxy ? "unreachable" : "not_tried";
  const message = `${by} refused the login. ${NOT_AGAIN}`;
  return { state, at: isoTime(at), message, cached: true };
}
