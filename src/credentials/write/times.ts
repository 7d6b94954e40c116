/** Time limits of a write's rollback, which come on top of the write's own deadline. */

/** How many secrets a rollback restores per second, at least. */
const PER_SECOND = 20;

/** The most seconds of the last read, after the rollback's deadline cut off its last attempt. */
export const LAST_LOOK = 5;

/**
 * Seconds to read the unanswered secrets, and again as many to restore them: as long as the write, or
 * longer if there are too many secrets for that.
 */
export function rollbackSeconds(seconds: number, secrets: number): number {
  return Math.max(seconds, secrets / PER_SECOND);
}

/**
 * The most seconds that a write takes when the API server never answers: the write, the read of its
 * result, the rollback and the last read, each until its deadline.
 * @param ending seconds from a deadline until the requests in progress have stopped
 */
export function longestWrite(seconds: number, secrets: number, ending = 0): number {
  const back = rollbackSeconds(seconds, secrets);
  return seconds + back + back + Math.min(back, LAST_LOOK) + 4 * ending;
}
