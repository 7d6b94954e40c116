import type { Canary } from "./canary.ts";
import type { Temper } from "./emulated_thread.ts";
import type { Answered } from "./http.ts";

/** Counts of responses, by kind of request. */
export class Tally {
  readonly #statuses = new Map<string, Map<string, number>>();
  /** Duration of each successful list of a healthy cluster, in milliseconds. */
  readonly listTimes: number[] = [];
  /** The first unexpected results. */
  readonly examples: string[] = [];
  requests = 0;
  errorsOnHealthy = 0;
  busy = 0;
  /** 500: a bug. */
  bugs = 0;
  unanswered = 0;
  canaries = 0;

  constructor(readonly canary: Canary) {}

  /** @param temper of the requested cluster; `undefined` without a cluster */
  add(work: string, cluster: string | undefined, temper: Temper | undefined, answered: Answered) {
    const { status, retryAfter, text, took } = answered;
    this.requests++;
    const kind = temper === undefined ? work : `${work}, ${temper}`;
    const isBusy = status === 503 && retryAfter;
    this.#count(kind, isBusy ? "503 busy" : status === 0 ? "none" : String(status));
    const isHealthy = temper === undefined || temper === "healthy";
    const isWell = status >= 200 && status < 300;
    if (isBusy) this.busy++;
    if (isHealthy && !isWell && !isBusy && status !== 409) {
      this.errorsOnHealthy++;
      this.#example(`${kind} (${cluster}): ${status} after ${took.toFixed(0)} ms: ${text}`);
    } else if (status === 0 || status === 500) {
      this.#example(`${kind} (${cluster}): ${status} after ${took.toFixed(0)} ms: ${text}`);
    }
    if (status === 0) this.unanswered++;
    if (status === 500) this.bugs++;
    if (this.canary.isIn(text)) {
      this.canaries++;
      this.#example(`${kind} (${cluster}): ${status}: the canary is in the answer`);
    }
    if (isWell && temper === "healthy" && work === "GET /secrets") this.listTimes.push(took);
  }

  rows(): { work: string; statuses: Record<string, number> }[] {
    return [...this.#statuses].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([work, statuses]) => ({ work, statuses: Object.fromEntries([...statuses].sort()) }));
  }

  #count(kind: string, status: string): void {
    const statuses = this.#statuses.get(kind) ?? new Map<string, number>();
    this.#statuses.set(kind, statuses);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  #example(text: string): void {
    if (this.examples.length < 20) this.examples.push(text.replace(/\s+/g, " ").slice(0, 300));
  }
}
