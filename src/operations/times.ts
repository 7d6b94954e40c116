/** Assumed duration of a request in milliseconds, before any is measured. */
const FIRST_GUESS = 500;

/** Weight of a new measurement in the moving average. */
const WEIGHT = 0.2;

/** Most clusters to remember; requests may name any number of unknown ones. */
const REMEMBERED = 1000;

/** Moving averages of the durations of requests, in milliseconds. */
export class Times {
  readonly #takes = new Map<string, number>();
  #work = FIRST_GUESS;

  /** How long a request uses this machine, whatever its cluster. */
  get work(): number {
    return this.#work;
  }

  worked(milliseconds: number): void {
    this.#work += WEIGHT * (milliseconds - this.#work);
  }

  /** How long a request to this cluster takes. */
  at(cluster: string): number {
    return this.#takes.get(cluster) ?? this.#work;
  }

  took(cluster: string, milliseconds: number): void {
    const known = this.#takes.get(cluster) ?? milliseconds;
    this.#takes.delete(cluster);
    this.#takes.set(cluster, known + WEIGHT * (milliseconds - known));
    if (this.#takes.size <= REMEMBERED) return;
    const [oldest] = this.#takes.keys();
    this.#takes.delete(oldest!);
  }
}
