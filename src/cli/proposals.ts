import { distance } from "fastest-levenshtein";

/** Maximum number of proposals for a word. */
const MOST = 3;

/**
 * The candidates closest to a word: those that start with it, or those with a part that starts with it
 * (`ca`: `server-ca`), or those that differ by one or two letters.
 * @param isDeletion whether a candidate deletes something: it is proposed only if it starts with the
 * word, because a typo must not propose a deletion
 */
export function closest(
  word: string,
  candidates: readonly string[],
  isDeletion: (candidate: string) => boolean = () => false,
): readonly string[] {
  const meant = word.toLowerCase();
  if (meant === "") return [];
  const beginning = candidates.filter((each) => each.startsWith(meant));
  if (beginning.length > 0) return beginning.slice(0, MOST);
  const harmless = candidates.filter((each) => !isDeletion(each));
  const parts = meant.length < 2
    ? []
    : harmless.filter((each) => each.split(/[- ]/).some((part) => part.startsWith(meant)));
  if (parts.length > 0) return parts.slice(0, MOST);
  const far = meant.length <= 3 ? 1 : 2;
  // With two different letters, the first one must match.
  const ranked = harmless.map((each) => ({ each, by: distance(meant, each) }))
    .filter(({ each, by }) => by <= 1 || each[0] === meant[0]);
  const least = Math.min(far, ...ranked.map(({ by }) => by));
  return ranked.filter(({ by }) => by === least).map(({ each }) => each).slice(0, MOST);
}

/** `; did you mean 'a' or 'b'?`; empty without words. */
export const didYouMean = (words: readonly string[]): string =>
  words.length === 0 ? "" : `; did you mean ${orOf(words)}?`;

/** `a, b or c` */
export const orOf = (words: readonly string[], or = "or") =>
  words.join(", ").replace(/, ([^,]*)$/, ` ${or} $1`);
