/** Milliseconds that a request takes, until it is known. */
const FIRST_GUESS = 500;

/** What one request more changes of what is known. */
const WEIGHT = 0.2;

/** Clusters of which it is known: names that are none may come without end. */
const REMEMBERED = 1000;

/** How long requests have taken lately, in milliseconds. */
export class Times {
  readonly #takes = new Map<string, number>();
  #work = FIRST_GUESS;

  /** For how long a request keeps this machine busy, whichever cluster it is for. */
  get work(): number {
    return this.#work;
  }

  worked(milliseconds: number): void {
    this.#work += WEIGHT * (milliseconds - this.#work);
  }

  /** For how long a request to this cluster is under way. */
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
