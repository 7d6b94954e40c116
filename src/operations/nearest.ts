import { distance } from "fastest-levenshtein";

/**
 * The existing name that a name is most likely a misspelling of: at most two characters differ, or a third of a
 * long name, and never all of them.
 * @param names existing names that the caller may see; the first of equally similar ones wins
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
    // A difference in length alone may be too large.
    if (Math.abs(each.length - name.length) > room) continue;
    const far = distance(lower, each.toLowerCase());
    if (far <= room) [nearest, least] = [each, far];
  }
  return nearest;
}
