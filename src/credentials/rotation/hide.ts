import { HIDDEN } from "../../fields/field.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { Change } from "../kinds/changes.ts";

/** Shorter values are not secrets, and occur in other words by chance. */
const LEAST_LENGTH = 4;

/**
 * Masks a known credential in a text for display. Other masking misses one that does not look like a token, for example
 * as a user name or in the path of a URL.
 */
function withoutValue(text: string, value: string): string {
  if (text === value) return HIDDEN;
  if (value.length < LEAST_LENGTH) return text;
  const encoded = value.isWellFormed() ? encodeURIComponent(value) : value;
  // Registries and URLs are also shown in lower case.
  return [value, encoded, value.toLowerCase()]
    .reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
}

/**
 * Masks values in texts for display, with and without the white space around them.
 * @param values called for the first text
 */
export function masking(values: () => readonly Sealed<string>[]): (text: string) => string {
  let sorted: readonly string[] | undefined;
  const longestFirst = () => {
    const texts = values().map((value) => value.reveal()).flatMap((text) => [text, text.trim()]);
    // A shorter value may be part of a longer one.
    return [...new Set(texts)].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  };
  return (text) => (sorted ??= longestFirst()).reduce(withoutValue, text);
}

/** Masks these values in changes for display. */
export function withoutValues(
  changes: readonly Change[],
  values: readonly string[],
): readonly Change[] {
  const shown = masking(() => values.map(seal));
  return changes.map(({ field, before, after }) => ({
    field,
    ...before !== undefined && { before: shown(before) },
    ...after !== undefined && { after: shown(after) },
  }));
}
