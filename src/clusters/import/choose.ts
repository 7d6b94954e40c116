import { Selection } from "../selection.ts";

/** Which contexts were meant, or the name or pattern without a match. */
export type Chosen = { readonly contexts: readonly string[] } | { readonly unmatched: string };

/**
 * The contexts that names and patterns choose, as {@link Selection} has them; without any, all.
 * @param given each a pattern or several by commas; a context may have commas in its name
 */
export function chooseContexts(
  contexts: readonly string[],
  given: readonly string[] = [],
): Chosen {
  const known = new Set(contexts);
  const items = given.flatMap((each) => known.has(each) ? [each] : itemsOf(each));
  const selection = new Selection(items, (item) => known.has(item));
  const unmatched = selection.without(contexts);
  return unmatched === undefined
    ? { contexts: contexts.filter((context) => selection.has(context)) }
    : { unmatched };
}

const itemsOf = (text: string) => text.split(",").map((each) => each.trim());
