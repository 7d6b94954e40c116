import { matchesPattern } from "../../text/glob.ts";

/** Which contexts were meant, or the pattern without a match. */
export type Chosen = { readonly contexts: readonly string[] } | { readonly unmatched: string };

/**
 * The contexts that patterns choose, in which `*` stands for anything, and `!` in front takes out what
 * the rest matches. Without any, or with only such that take out, all are meant.
 * @param given each a pattern or several by commas; a context may have commas in its name
 */
export function chooseContexts(
  contexts: readonly string[],
  given: readonly string[] = [],
): Chosen {
  const patterns = given.flatMap((each) => contexts.includes(each) ? [each] : itemsOf(each))
    .map((each) => {
      const isOut = each.startsWith("!") && !contexts.includes(each);
      return { each, isOut, pattern: isOut ? each.slice(1) : each };
    });
  const unmatched = patterns.find(({ pattern }) =>
    !contexts.some((context) => matchesPattern(pattern, context))
  );
  if (unmatched !== undefined) return { unmatched: unmatched.each };
  const wanted = patterns.filter(({ isOut }) => !isOut);
  const out = patterns.filter(({ isOut }) => isOut);
  const matches = (context: string) => ({ pattern }: { pattern: string }) =>
    matchesPattern(pattern, context);
  return {
    contexts: contexts.filter((context) =>
      (wanted.length === 0 || wanted.some(matches(context))) && !out.some(matches(context))
    ),
  };
}

const itemsOf = (text: string) => text.split(",").map((each) => each.trim());
