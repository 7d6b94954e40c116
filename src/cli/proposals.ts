import { distance } from "fastest-levenshtein";

/** Most words that are proposed for one. */
const MOST = 3;

/**
 * What may have been meant by a word that is none of these, the likeliest alone: those that begin
 * with it, else those with a part that does (`ca`: `server-ca`), else those that differ by a letter
 * or two.
 * @param isDeletion of what is proposed only where the word is the beginning of it: a slip of the
 * finger must not suggest to delete something
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
  // Two letters may be wrong, but not the first one.
  const ranked = harmless.map((each) => ({ each, by: distance(meant, each) }))
    .filter(({ each, by }) => by <= 1 || each[0] === meant[0]);
  const least = Math.min(far, ...ranked.map(({ by }) => by));
  return ranked.filter(({ by }) => by === least).map(({ each }) => each).slice(0, MOST);
}

/** `; did you mean 'a' or 'b'?`, of none nothing. */
export const didYouMean = (words: readonly string[]): string =>
  words.length === 0 ? "" : `; did you mean ${orOf(words)}?`;

/** `a, b or c` */
export const orOf = (words: readonly string[], or = "or") =>
  words.join(", ").replace(/, ([^,]*)$/, ` ${or} $1`);
