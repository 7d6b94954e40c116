import pLimit from "p-limit";

/** How many hosts are checked concurrently. */
const HOSTS_AT_ONCE = 8;

/** Queues of checks over all requests of the process: one at a time for each host, and few hosts concurrently. */
export class HostQueues {
  readonly #hosts = pLimit(HOSTS_AT_ONCE);
  /** For each host, the last check in its queue. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs a check when no other one at the host is running.
   * @param act receives whether it had to wait for another one
   */
  async run<Result>(
    host: string,
    act: (isNext: boolean) => Promise<Result>,
  ): Promise<Result> {
    const before = this.#last.get(host);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#last.set(host, ended);
    try {
      await before;
      return await this.#hosts(() => act(before !== undefined));
    } finally {
      end();
      if (this.#last.get(host) === ended) this.#last.delete(host);
    }
  }
}
