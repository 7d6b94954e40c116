import { Selection } from "../selection.ts";

/** The selected contexts, or the name or pattern without a match. */
export type ChosenContexts = { readonly contexts: readonly string[] } | {
  readonly unmatched: string;
};

/**
 * Selects contexts by names and patterns, like {@link Selection}; without any, all contexts.
 * @param given each a pattern, or several separated by commas; the name of a context may contain commas
 */
export function chooseContexts(
  contexts: readonly string[],
  given: readonly string[] = [],
): ChosenContexts {
  const known = new Set(contexts);
  const items = given.flatMap((each) => known.has(each) ? [each] : itemsOf(each));
  const selection = new Selection(items, (item) => known.has(item));
  const unmatched = selection.without(contexts);
  return unmatched === undefined
    ? { contexts: contexts.filter((context) => selection.has(context)) }
    : { unmatched };
}

const itemsOf = (text: string) => text.split(",").map((each) => each.trim());
