import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import { Kept } from "./kept.ts";
import { hostOf, type LoginKeys, loginKeys } from "./login_keys.ts";
import { type CheckResult, deniedAt, resultOf } from "./result.ts";
import type { TriedValue, Where } from "./tried_value.ts";
import { HostTurns } from "./turns.ts";

/** Milliseconds for which what came of a try is remembered. */
const REMEMBERED = 24 * 60 * 60 * 1000;

/** Milliseconds for which a host is left alone that cannot be reached: at first, and at most. */
const REST = { first: 5_000, most: 5 * 60_000 } as const;

type By = Extract<Where, { readonly what: unknown }>["by"];

/** What a server said, and when. */
interface Said {
  readonly verdict: Verdict;
  readonly at: number;
}

/** That somebody said no to a login. */
interface Denial {
  readonly at: number;
  /** A host. */
  readonly by: string;
  readonly isProxy: boolean;
}

/** A host that could not be reached. */
interface Resting {
  readonly at: number;
  /** Until when it is left alone. */
  readonly until: number;
  readonly wait: number;
  readonly message: string;
}

/**
 * What came of trying stored values, for at most a day and in this process only: no value is in it. It also
 * says what must not be tried again: a login that was refused, since accounts get locked.
 */
export class CheckMemory {
  /** Of who tries. */
  readonly turns: HostTurns = new HostTurns();
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly keysOf: (what: Verifiable) => LoginKeys = loginKeys();
  readonly #said: Kept<Said>;
  readonly #denials: Kept<Denial>;
  readonly #resting: Kept<Resting>;
  readonly #expiries: Kept<string>;

  /**
   * @param now @default the real time
   * @param most how many results are remembered; the oldest go first
   */
  constructor({ now = () => Date.now(), most = 20_000 } = {}) {
    this.now = now;
    const kept = <Value>() => new Kept<Value>({ most, milliseconds: REMEMBERED, now });
    this.#said = kept();
    this.#denials = kept();
    this.#resting = kept();
    this.#expiries = kept();
  }

  /** Whether nothing was tried yet. */
  get isEmpty(): boolean {
    return this.#said.isEmpty;
  }

  /** What is known of a value where it is used; `undefined` where nobody was asked within the day. */
  resultOf(value: TriedValue): CheckResult | undefined {
    if (this.isEmpty || !("what" in value)) return undefined;
    const keys = this.keysOf(value.what);
    const said = this.#said.get(keys.whole);
    const denied = this.#denied(keys);
    if (said === undefined || denied !== undefined && denied.at > said.at) {
      return denied && deniedResult(denied, value.by);
    }
    return remembered(said, value.by);
  }

  /** When it was tried last, within the day; 0 when it was not. */
  triedAt(what: Verifiable): number {
    return this.#said.get(this.keysOf(what).whole)?.at ?? 0;
  }

  /** When a value expires, as its issuer said at whatever place. */
  expiryOf(fingerprint: string): string | undefined {
    return this.#expiries.get(fingerprint);
  }

  /**
   * What is known so well that nobody is asked: what was said since a time, a login that was refused within the
   * day, and a host that could not be reached just now.
   * @param since milliseconds since 1970
   * @param isFresh whether nothing counts that was said before that time
   */
  known(
    { what, by }: { what: Verifiable; by: By },
    since: number,
    isFresh = false,
  ): CheckResult | undefined {
    const keys = this.keysOf(what);
    const said = this.#said.get(keys.whole);
    if (said !== undefined && said.at >= since) return remembered(said, by);
    const denied = this.#denied(keys, isFresh ? since : 0);
    if (said !== undefined && !isFresh) {
      const where = deniedAt(said.verdict, what);
      // The host may have accepted the login since, somewhere else.
      if (where === "place" || where !== undefined && denied !== undefined) {
        const result = remembered(said, by);
        return { ...result, message: `${result.message}; ${NOT_AGAIN}` };
      }
    }
    if (denied !== undefined) return deniedResult(denied, by);
    const resting = this.#resting.get(keys.way);
    if (resting === undefined || resting.until <= this.now()) return undefined;
    if (isFresh && resting.at < since) return undefined;
    const { at, until, message } = resting;
    const rest = `${message}; it is asked again from ${isoTime(until)}`;
    return { state: "unreachable", at: isoTime(at), message: rest, remembered: true };
  }

  /**
   * Remembers what a server said.
   * @returns ISO time of it
   */
  learn(what: Verifiable, verdict: Verdict, fingerprint?: string): string {
    const at = this.now();
    const keys = this.keysOf(what);
    this.#said.set(keys.whole, { verdict, at });
    if (fingerprint !== undefined && verdict.expires !== undefined) {
      this.#expiries.set(fingerprint, verdict.expires);
    }
    if (verdict.accepted) this.#denials.delete(keys.login);
    if (verdict.reachable && keys.proxy !== undefined) this.#denials.delete(keys.proxy);
    const denied = deniedAt(verdict, what);
    if (denied === "host") this.#denials.set(keys.login, { at, by: hostOf(what), isProxy: false });
    if (denied === "proxy") {
      this.#denials.set(keys.proxy ?? keys.login, { at, by: "its proxy", isProxy: true });
    }
    if (verdict.reachable || verdict.asked === "" || denied !== undefined) {
      this.#resting.delete(keys.way);
      return isoTime(at);
    }
    const before = this.#resting.get(keys.way)?.wait ?? REST.first / 2;
    const wait = Math.min(before * 2, REST.most);
    this.#resting.set(keys.way, { at, until: at + wait, wait, message: verdict.why });
    return isoTime(at);
  }

  /** @param since from which time on it counts */
  #denied({ proxy, login }: LoginKeys, since = 0): Denial | undefined {
    if (this.#denials.isEmpty) return undefined;
    const byProxy = proxy === undefined ? undefined : this.#denials.get(proxy);
    return [byProxy, this.#denials.get(login)].find((each) =>
      each !== undefined && each.at >= since
    );
  }
}

const isoTime = (at: number) => new Date(at).toISOString();

const remembered = ({ verdict, at }: Said, by: By): CheckResult => ({
  ...resultOf(verdict, by, isoTime(at)),
  remembered: true,
});

/** Said where a login was refused earlier, with the way to have it tried all the same. */
const NOT_AGAIN =
  "it is not tried again within a day, since accounts get locked; 'verify' tries it, and what comes of " +
  "that counts";

/** Of a login that was refused at another place of the host: a host that does not know it knows it nowhere. */
function deniedResult({ at, by, isProxy }: Denial, shownTo: By): CheckResult {
  const isIt = isProxy === (shownTo === "proxy");
  const state = isIt ? "refused" : isProxy ? "unreachable" : "not_tried";
  const message = `${by} refused the login; ${NOT_AGAIN}`;
  return { state, at: isoTime(at), message, remembered: true };
}
