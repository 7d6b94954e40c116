import pLimit from "p-limit";

/** Hosts that are asked at once. */
const HOSTS_AT_ONCE = 8;

/** Turns for trying: one at a time for each host, and few hosts at once, over all requests of the process. */
export class HostTurns {
  readonly #hosts = pLimit(HOSTS_AT_ONCE);
  /** The last of those who wait for a host. */
  readonly #last = new Map<string, Promise<void>>();

  /** Acts when nobody else asks the host any more. @param isNext told whether somebody was before it */
  async during<Result>(
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
