import { circuitBreaker, CircuitState, handleAll, type IBreaker } from "cockatiel";
import type { Deadline } from "./deadline.ts";
import { KubeError, type KubeErrorKind } from "./errors.ts";
import { secondsText } from "./reasons.ts";
import type { SecretStore } from "./store.ts";

export interface BreakerOptions {
  /** Consecutive requests without a response that open the breaker. @default 2 */
  readonly failures?: number;
  /** Milliseconds within which they have to fail. @default 30,000 */
  readonly within?: number;
  /** Milliseconds for which the breaker stays open. @default 5000 */
  readonly pause?: number;
  /** Milliseconds that a failure must take to count, at most half of its deadline. @default 2000 */
  readonly costly?: number;
  /** Called when the breaker opens, with the error that opened it. */
  readonly onOpened?: (cluster: string, error: KubeError) => void;
  /** Called when the breaker closes: the cluster has responded again. */
  readonly onClosed?: (cluster: string) => void;
}

/** A store for one request, or why the request is rejected. */
export type Guarded =
  | { readonly kind: "open"; readonly store: SecretStore }
  | { readonly kind: "rejected"; readonly error: KubeError };

/** Failures that say nothing about the cluster, since it got no request. */
const OURS: readonly KubeErrorKind[] = [
  "busy",
  "kubectl_missing",
  "invalid_kubeconfig",
  "labels_unreadable",
  "invalid_labels",
  "internal",
];

/**
 * One circuit breaker per API server, whatever the names of the clusters that lead to it. A server gets
 * a new breaker when the kubeconfig of one of these clusters changes.
 */
export class Breakers {
  /** By the server's identity; `versions` has the kubeconfig version of each cluster, by name. */
  readonly #known = new Map<
    string,
    { readonly breaker: Breaker; readonly versions: Map<string, string> }
  >();

  constructor(readonly options: BreakerOptions = {}) {}

  /**
   * @param server the API server's identity
   * @param cluster the name under which it is reached
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
   * Closes the breaker of a server that responded to a request which bypassed the breaker. There is no
   * counterpart: such a request without a response does not count.
   * @param cluster the name under which it was reached
   */
  answered(server: string, cluster: string): void {
    const { breaker, versions } = this.#known.get(server) ?? {};
    if (breaker === undefined || !breaker.isOpen) return;
    this.#known.set(server, { breaker: new Breaker(this.options), versions: versions! });
    this.options.onClosed?.(cluster);
  }
}

/**
 * Rejects requests to a cluster that did not respond to earlier ones, so that they do not wait. Only
 * failures that took time count: a refused connection, or any response, does not open the breaker.
 *
 * The breaker is checked when a request starts, and learns from the request's first read. A request that
 * has started is never cut off: a write to a cluster that stops responding still rolls back.
 */
export class Breaker {
  readonly #options: Required<Pick<BreakerOptions, "failures" | "within" | "pause" | "costly">>;
  readonly #policy;
  #lastFailure = 0;
  #openUntil = 0;
  #isOpen = false;
  /** The name of the cluster in the last report. */
  #lastCluster = "";

  constructor(options: BreakerOptions = {}) {
    const { failures = 2, within = 30_000, pause = 5000, costly = 2000 } = options;
    this.#options = { failures, within, pause, costly };
    this.#policy = circuitBreaker(handleAll, {
      // The library uses the system clock, which may be set back; #openUntil is monotonic instead.
      halfOpenAfter: -Infinity,
      breaker: new ConsecutiveFailures(failures, within),
    });
    this.#policy.onBreak((reason) => {
      this.#openUntil = performance.now() + pause;
      if (this.#isOpen) return;
      this.#isOpen = true;
      if ("error" in reason) options.onOpened?.(this.#lastCluster, reason.error as KubeError);
    });
    this.#policy.onReset(() => {
      this.#isOpen = false;
      options.onClosed?.(this.#lastCluster);
    });
  }

  /**
   * Admits one request, or rejects it with `unreachable` and the time of the next attempt while the
   * breaker is open. After the pause one trial request is admitted, and the others when it has a
   * response.
   * @param cluster the name under which the server is reached, for messages
   * @param store of the cluster, to be used for this request only
   * @param seconds within which the request finishes its reads
   */
  guard(cluster: string, store: SecretStore, seconds: number): Guarded {
    const error = this.rejection(cluster);
    if (error !== undefined) return { kind: "rejected", error };
    const { state } = this.#policy;
    const outcome = Promise.withResolvers<void>();
    const settled = this.#policy.execute(() => outcome.promise).catch(() => {});
    const report: Report = (error) => {
      this.#lastCluster = cluster;
      if (error === undefined) outcome.resolve();
      else outcome.reject(error);
      return settled;
    };
    const isTrial = state !== CircuitState.Closed;
    if (isTrial) {
      // A trial request that ends without a read must not block the others for ever.
      const timer = setTimeout(report, seconds * 1000 + 1000, notSent());
      Deno.unrefTimer(timer);
      settled.then(() => clearTimeout(timer));
    }
    return { kind: "open", store: this.#reporting(store, report, isTrial) };
  }

  /** Wraps the store so that its reads report what they show of the cluster. */
  #reporting(store: SecretStore, report: Report, isTrial: boolean): SecretStore {
    const read = async <T>(deadline: Deadline, request: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      try {
        const answer = await request();
        await report();
        return answer;
      } catch (error) {
        const shown = this.#shown(error, performance.now() - began, deadline);
        if (shown === "answered") await report();
        if (shown === "silent") this.#lastFailure = performance.now();
        if (shown === "silent" || (shown === "nothing" && isTrial)) await report(error);
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
   * What a failure shows of the cluster.
   * @param took milliseconds of the read. Only the part that the cluster had counts
   *   ({@link KubeErrorDetails.clusterMs}), without the wait for a process slot or a processor
   */
  #shown(error: unknown, took: number, deadline: Deadline): "answered" | "silent" | "nothing" {
    if (!(error instanceof KubeError) || OURS.includes(error.kind)) return "nothing";
    if (error.details.sent === false) return "nothing";
    if (error.kind !== "timeout" && error.kind !== "unreachable") return "answered";
    const costly = Math.min(this.#options.costly, deadline.seconds * 500);
    if ((error.details.clusterMs ?? took) >= costly) return "silent";
    // A connection that fails quickly costs no waiting. A timeout that came quickly had a deadline that
    // was nearly over, and shows nothing.
    return error.kind === "unreachable" && took < costly ? "answered" : "nothing";
  }

  /** Whether the breaker is open or half-open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why a request would be rejected now; `undefined` when it would be admitted. */
  rejection(cluster: string): KubeError | undefined {
    const { state } = this.#policy;
    const now = performance.now();
    const isWaiting = state === CircuitState.Open && now < this.#openUntil;
    const isOnTrial = state === CircuitState.HalfOpen;
    if (!isWaiting && !isOnTrial) return undefined;
    const wait = isOnTrial ? this.#options.pause : this.#openUntil - now;
    const retryAfter = Math.max(1, Math.ceil(wait / 1000));
    const ago = Math.max(1, Math.round((now - this.#lastFailure) / 1000));
    const next = isOnTrial
      ? "Another request is testing it now"
      : `Retry in ${secondsText(retryAfter)}`;
    return new KubeError(
      "unreachable",
      `Cannot connect to cluster '${cluster}': circuit breaker open, the last request got no ` +
        `response ${secondsText(ago)} ago. ${next}`,
      { cluster, retryAfter, sent: false },
    );
  }
}

/**
 * Reports the result of a request's first read, without an error when the cluster responded; later calls
 * have no effect. Resolves when the breaker has processed it.
 */
type Report = (error?: unknown) => Promise<void>;

/** Opens the circuit after this many consecutive failures, all of them within so many milliseconds. */
class ConsecutiveFailures implements IBreaker {
  /** When they happened. */
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

function notSent(): KubeError {
  return new KubeError("timeout", "Cannot reach the cluster: no request was sent in time");
}
