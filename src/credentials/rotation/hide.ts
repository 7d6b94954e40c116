import { HIDDEN } from "../../fields/field.ts";
import type { Change } from "../kinds/changes.ts";

/** Shorter ones are no secrets, and stand in other words by chance. */
const LEAST_LENGTH = 4;

/**
 * What is shown of a text that may have a credential in it which has no form of a token, so that nothing else hides
 * it: a user name may be it, and a URL's path may have it.
 */
export function withoutValue(text: string, value: string): string {
  if (text === value) return HIDDEN;
  if (value.length < LEAST_LENGTH) return text;
  const encoded = value.isWellFormed() ? encodeURIComponent(value) : value;
  return text.replaceAll(value, HIDDEN).replaceAll(encoded, HIDDEN);
}

/** Changes as they may be shown where these values are the credentials. */
export function withoutValues(
  changes: readonly Change[],
  values: readonly string[],
): readonly Change[] {
  // A longer one first, of which another one may be a part.
  const sorted = values.toSorted((a, b) => b.length - a.length);
  const shown = (text: string) => sorted.reduce(withoutValue, text);
  return changes.map(({ field, before, after }) => ({
    field,
    ...before !== undefined && { before: shown(before) },
    ...after !== undefined && { after: shown(after) },
  }));
}
