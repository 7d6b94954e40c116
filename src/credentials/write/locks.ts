import { type Deadline, inTime } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";

/** Locks by key: at most one holder per key. */
export interface KeyLocks {
  /**
   * Waits until all keys are free, locks them, and returns the function that releases them. Keys are
   * locked in sorted order, so that two callers cannot deadlock.
   * @throws {KubeError} `busy` when the deadline passes first; then no key is locked
   */
  acquire(keys: readonly string[], deadline: Deadline): Promise<() => void>;
}

/** Locks within this process, first come, first served. */
export class Locks implements KeyLocks {
  /** By locked key: a promise that resolves when the last one in the queue releases it. */
  readonly #held = new Map<string, Promise<void>>();

  /**
   * The locks of one API server.
   * @param server identifies the API server, even if several clusters (kubeconfigs) point to it
   */
  of(server: string): KeyLocks {
    return {
      acquire: (keys, deadline) => this.acquire(keys.map((key) => `${server} ${key}`), deadline),
    };
  }

  async acquire(keys: readonly string[], deadline: Deadline): Promise<() => void> {
    const releases: (() => void)[] = [];
    const releaseAll = () => releases.forEach((release) => release());
    try {
      for (const key of [...new Set(keys)].sort()) releases.push(await this.#one(key, deadline));
    } catch (error) {
      releaseAll();
      throw error;
    }
    return releaseAll;
  }

  async #one(key: string, deadline: Deadline): Promise<() => void> {
    const before = this.#held.get(key);
    const mine = Promise.withResolvers<void>();
    const last = (before ?? Promise.resolve()).then(() => mine.promise);
    this.#held.set(key, last);
    last.then(() => {
      if (this.#held.get(key) === last) this.#held.delete(key);
    });
    try {
      if (before !== undefined) await inTime(before, deadline, () => late(deadline));
    } catch (error) {
      mine.resolve(); // the next in the queue then waits only for the one before us
      throw error;
    }
    return mine.resolve;
  }
}

function late({ seconds }: Deadline): KubeError {
  const why = `timed out after ${seconds} seconds waiting for other writes to the same secrets`;
  return new KubeError("busy", `Cannot write: ${why}`, { retryAfter: 1 });
}

/**
 * Runs `act` while the keys are locked.
 * @param act when it throws `timeout` after more than half of the time was spent waiting for locks, the
 * error becomes `busy`: the cluster may not be slow at all
 * @throws {KubeError} like {@link KeyLocks.acquire}, and what `act` throws
 */
export async function withLocks<T>(
  locks: KeyLocks,
  keys: readonly string[],
  deadline: Deadline,
  act: () => Promise<T>,
): Promise<T> {
  const release = await locks.acquire(keys, deadline);
  const left = deadline.remaining() / 1000;
  try {
    return await act();
  } catch (error) {
    const isLate = error instanceof KubeError && error.kind === "timeout";
    if (!isLate || left > deadline.seconds / 2) throw error;
    const waited = (deadline.seconds - left).toFixed(1);
    throw new KubeError(
      "busy",
      `Cannot write: timed out after ${deadline.seconds} seconds, ${waited} of them waiting for ` +
        "other writes to the same secrets",
      { retryAfter: 1 },
    );
  } finally {
    release();
  }
}
