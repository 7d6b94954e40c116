import { type Deadline, inTime } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";

/** What whoever wants the same thing takes one after the other. */
export interface Turns {
  /**
   * Waits for all keys, in sorted order, so that two who want the same ones cannot block each
   * other, and gives what releases them.
   * @throws {KubeError} `busy` when the deadline passes first; then nothing is held
   */
  acquire(keys: readonly string[], deadline: Deadline): Promise<() => void>;
}

/** Locks of this process by key, first come first served. */
export class Locks implements Turns {
  /** For each key that is held: when the last in line gives it back. */
  readonly #held = new Map<string, Promise<void>>();

  /**
   * The locks of one API server.
   * @param server what tells it from others, whatever clusters are called that it is known by
   */
  of(server: string): Turns {
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
      mine.resolve(); // whoever is next waits for who is before us only
      throw error;
    }
    return mine.resolve;
  }
}

function late({ seconds }: Deadline): KubeError {
  const why = `other writes to the same secrets took all of ${seconds} seconds`;
  return new KubeError("busy", `Cannot write: ${why}`, { retryAfter: 1 });
}

/**
 * Does something while the keys are held.
 * @param act what fails with `timeout`, after most of the time went by in waiting for others, is told
 * as `busy`: of the cluster it says nothing
 * @throws {KubeError} like {@link Turns.acquire}, and what `act` throws
 */
export async function inTurn<T>(
  locks: Turns,
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
      `Cannot write: other writes to the same secrets took ${waited} of ${deadline.seconds} ` +
        "seconds, and what was left was not enough",
      { retryAfter: 1 },
    );
  } finally {
    release();
  }
}
