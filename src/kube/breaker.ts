import { circuitBreaker, CircuitState, handleAll, type IBreaker } from "cockatiel";
import type { Deadline } from "./deadline.ts";
import { KubeError, type KubeErrorKind } from "./errors.ts";
import { inWords } from "./reasons.ts";
import type { SecretStore } from "./store.ts";

export interface BreakerOptions {
  /** Requests in a row that have waited for nothing, until a cluster is left alone. @default 2 */
  readonly failures?: number;
  /** Milliseconds within which they have failed. @default 30,000 */
  readonly within?: number;
  /** Milliseconds for which it is left alone. @default 5000 */
  readonly pause?: number;
  /** Milliseconds that a failure takes to count; half of its deadline if less. @default 2000 */
  readonly costly?: number;
  /** A cluster is left alone from now on, because of this. */
  readonly onOpened?: (cluster: string, error: KubeError) => void;
  /** It has answered again. */
  readonly onClosed?: (cluster: string) => void;
}

/** A store for one request, or why the cluster is not asked. */
export type Guarded =
  | { readonly kind: "open"; readonly store: SecretStore }
  | { readonly kind: "refused"; readonly error: KubeError };

/** Failures of which the cluster knows nothing. */
const OURS: readonly KubeErrorKind[] = [
  "busy",
  "kubectl_missing",
  "invalid_kubeconfig",
  "labels_unreadable",
  "invalid_labels",
  "internal",
];

/**
 * A breaker for each API server, whatever clusters are called that it is known by. It begins anew when
 * the kubeconfig of one of them changes.
 */
export class Breakers {
  /** By the server's identity, with the versions of kubeconfigs by the cluster's name. */
  readonly #known = new Map<
    string,
    { readonly breaker: Breaker; readonly versions: Map<string, string> }
  >();

  constructor(readonly options: BreakerOptions = {}) {}

  /**
   * @param server what tells it from others, whatever clusters are called that it is known by
   * @param cluster by which name it is asked
   * @param version of that cluster's kubeconfig
   */
  of(server: string, cluster: string, version: string): Breaker {
    const { breaker, versions = new Map<string, string>() } = this.#known.get(server) ?? {};
    const isChanged = (versions.get(cluster) ?? version) !== version;
    versions.set(cluster, version);
    if (breaker !== undefined && !isChanged) return breaker;
    const anew = new Breaker(this.options);
    this.#known.set(server, { breaker: anew, versions });
    return anew;
  }

  /**
   * A server has answered somebody who asked it although it was left alone: it is so no longer. That
   * it has not answered says nothing here.
   * @param cluster by which name it was asked
   */
  answered(server: string, cluster: string): void {
    const { breaker, versions } = this.#known.get(server) ?? {};
    if (breaker === undefined || !breaker.isLeftAlone) return;
    this.#known.set(server, { breaker: new Breaker(this.options), versions: versions! });
    this.options.onClosed?.(cluster);
  }
}

/**
 * Spares requests the wait for a cluster that has not answered the ones before. It counts what
 * waiting has cost: a connection that is refused at once, or any answer, costs nothing.
 *
 * It is asked when a request begins and told by the request's first read. What has begun is never
 * cut off: a write whose cluster stops answering still puts back what it has written.
 */
export class Breaker {
  readonly #options: Required<Pick<BreakerOptions, "failures" | "within" | "pause" | "costly">>;
  readonly #policy;
  #lastFailure = 0;
  #openUntil = 0;
  #isLeftAlone = false;
  /** By which name it was asked when it was last told how that went. */
  #lastAsked = "";

  constructor(options: BreakerOptions = {}) {
    const { failures = 2, within = 30_000, pause = 5000, costly = 2000 } = options;
    this.#options = { failures, within, pause, costly };
    this.#policy = circuitBreaker(handleAll, {
      // Its clock may be set back, and then it would not ask for an hour: the time is kept here.
      halfOpenAfter: -Infinity,
      breaker: new InARow(failures, within),
    });
    this.#policy.onBreak((reason) => {
      this.#openUntil = performance.now() + pause;
      if (this.#isLeftAlone) return;
      this.#isLeftAlone = true;
      if ("error" in reason) options.onOpened?.(this.#lastAsked, reason.error as KubeError);
    });
    this.#policy.onReset(() => {
      this.#isLeftAlone = false;
      options.onClosed?.(this.#lastAsked);
    });
  }

  /**
   * Lets one request to the cluster, or tells it without asking that the cluster does not answer:
   * `unreachable`, with the time after which it is asked again. Then one request is let through, and
   * the others when that one has its answer.
   * @param cluster by which name it is asked, for messages
   * @param store of the cluster, to be used for this request only
   * @param seconds within which the request ends its reads
   */
  guard(cluster: string, store: SecretStore, seconds: number): Guarded {
    const error = this.refusal(cluster);
    if (error !== undefined) return { kind: "refused", error };
    const { state } = this.#policy;
    const told = Promise.withResolvers<void>();
    const settled = this.#policy.execute(() => told.promise).catch(() => {});
    const tell: Tell = (error) => {
      this.#lastAsked = cluster;
      if (error === undefined) told.resolve();
      else told.reject(error);
      return settled;
    };
    const isProbe = state !== CircuitState.Closed;
    if (isProbe) {
      // A request that ends without having asked must not leave the others waiting for its answer.
      const timer = setTimeout(tell, seconds * 1000 + 1000, notAsked());
      Deno.unrefTimer(timer);
      settled.then(() => clearTimeout(timer));
    }
    return { kind: "open", store: this.#telling(store, tell, isProbe) };
  }

  /** Says of the first read of a request what it shows of the cluster. */
  #telling(store: SecretStore, tell: Tell, isProbe: boolean): SecretStore {
    const read = async <T>(deadline: Deadline, asking: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      try {
        const answer = await asking();
        await tell();
        return answer;
      } catch (error) {
        const shown = this.#shown(error, performance.now() - began, deadline);
        if (shown === "answered") await tell();
        if (shown === "silent") this.#lastFailure = performance.now();
        if (shown === "silent" || (shown === "nothing" && isProbe)) await tell(error);
        throw error;
      }
    };
    return {
      ...store,
      list: (query, deadline) => read(deadline, () => store.list(query, deadline)),
      listData: (query, deadline) => read(deadline, () => store.listData(query, deadline)),
      read: (refs, deadline) => read(deadline, () => store.read(refs, deadline)),
      namespaces: (selector, deadline) =>
        read(deadline, () => store.namespaces(selector, deadline)),
      serviceAccounts: (namespace, deadline) =>
        read(deadline, () => store.serviceAccounts(namespace, deadline)),
    };
  }

  /**
   * What a failure after so many milliseconds shows of the cluster. Of these count those that the
   * cluster had: not what was waited for a process, nor for a processor to start it.
   */
  #shown(error: unknown, took: number, deadline: Deadline): "answered" | "silent" | "nothing" {
    if (!(error instanceof KubeError) || OURS.includes(error.kind)) return "nothing";
    if (error.place.asked === false) return "nothing";
    if (error.kind !== "timeout" && error.kind !== "unreachable") return "answered";
    const costly = Math.min(this.#options.costly, deadline.seconds * 500);
    if ((error.place.given ?? took) >= costly) return "silent";
    // What fails at once need not be spared; of a deadline that was nearly over nothing is learnt.
    return error.kind === "unreachable" && took < costly ? "answered" : "nothing";
  }

  get isLeftAlone(): boolean {
    return this.#isLeftAlone;
  }

  /** Why the cluster is not asked now, or `undefined` where a request would be let to it. */
  refusal(cluster: string): KubeError | undefined {
    const { state } = this.#policy;
    const now = performance.now();
    const isWaiting = state === CircuitState.Open && now < this.#openUntil;
    const isAsked = state === CircuitState.HalfOpen;
    if (!isWaiting && !isAsked) return undefined;
    const wait = isAsked ? this.#options.pause : this.#openUntil - now;
    const retryAfter = Math.max(1, Math.ceil(wait / 1000));
    const ago = Math.max(1, Math.round((now - this.#lastFailure) / 1000));
    const next = isAsked ? "is being asked again" : `is asked again in ${inWords(retryAfter)}`;
    return new KubeError(
      "unreachable",
      `Cannot connect to cluster '${cluster}': it did not answer ${inWords(ago)} ago and ${next}`,
      { cluster, retryAfter, asked: false },
    );
  }
}

/** Tells how a request's first read went; resolves when that is taken in. Later ones say nothing. */
type Tell = (error?: unknown) => Promise<void>;

/** Opens when so many have failed in a row, all of them within so many milliseconds. */
class InARow implements IBreaker {
  /** When they have failed. */
  state: readonly number[] = [];

  constructor(readonly failures: number, readonly within: number) {}

  success(): void {
    this.state = [];
  }

  failure(): boolean {
    const now = performance.now();
    this.state = [...this.state.filter((time) => now - time < this.within), now];
    return this.state.length >= this.failures;
  }
}

function notAsked(): KubeError {
  return new KubeError("timeout", "Cannot reach the cluster: it was not asked in time");
}
