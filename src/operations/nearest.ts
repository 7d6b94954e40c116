import { distance } from "fastest-levenshtein";

/**
 * The name that another one looks like a misspelling of: wrong by at most two characters, or a third
 * of it where it is long, and not in all of them.
 * @param names that exist and that whoever asks may know of; of several that are equally near the first
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const each of names) {
    const room = Math.min(
      Math.max(2, Math.floor(each.length / 3)),
      each.length - 1,
      name.length - 1,
      least - 1,
    );
    // By their lengths alone some are too far from each other.
    if (Math.abs(each.length - name.length) > room) continue;
    const far = distance(lower, each.toLowerCase());
    if (far <= room) [nearest, least] = [each, far];
  }
  return nearest;
}
