/** How long the steps of a write may take besides its own deadline. */

/** Secrets that are put back in a second, at least. */
const PER_SECOND = 20;

/** Seconds for a look at what the last try was cut in, or as long as the tries if that is less. */
export const LAST_LOOK = 5;

/**
 * Seconds to look what became of so many secrets, and as many to put them back: as long as the
 * write, or more where that would not do for all.
 */
export function putBackSeconds(seconds: number, secrets: number): number {
  return Math.max(seconds, secrets / PER_SECOND);
}

/**
 * Seconds that a write may take when nothing is answered: the write itself, the look at what became
 * of it, the put-back, and the last look; each ends at its deadline.
 * @param ending seconds after a deadline until what was under way is ended
 */
export function longestWrite(seconds: number, secrets: number, ending = 0): number {
  const back = putBackSeconds(seconds, secrets);
  return seconds + back + back + Math.min(back, LAST_LOOK) + 4 * ending;
}
