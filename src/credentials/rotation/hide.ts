import { HIDDEN } from "../../fields/field.ts";
import type { Change } from "../kinds/changes.ts";

/** Shorter values are not secrets, and occur in other words by chance. */
const LEAST_LENGTH = 4;

/**
 * Masks a known credential in a text for display. Other masking misses one that does not look like a token, for example
 * as a user name or in the path of a URL.
 */
export function withoutValue(text: string, value: string): string {
  if (text === value) return HIDDEN;
  if (value.length < LEAST_LENGTH) return text;
  const encoded = value.isWellFormed() ? encodeURIComponent(value) : value;
  return text.replaceAll(value, HIDDEN).replaceAll(encoded, HIDDEN);
}

/** Masks these values in changes for display. */
export function withoutValues(
  changes: readonly Change[],
  values: readonly string[],
): readonly Change[] {
  // Longer values first, because a shorter one may be part of them.
  const sorted = values.toSorted((a, b) => b.length - a.length);
  const shown = (text: string) => sorted.reduce(withoutValue, text);
  return changes.map(({ field, before, after }) => ({
    field,
    ...before !== undefined && { before: shown(before) },
    ...after !== undefined && { after: shown(after) },
  }));
}
