import { HIDDEN } from "../../fields/field.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { Change } from "../kinds/changes.ts";

/** Shorter values are not secrets, and occur in other words by chance. */
const LEAST_LENGTH = 4;

/** Up to this length, very many values are searched for at once. */
const MOST_AT_ONCE = 256;

/** Up to this number of values of one length, searching for each is faster. */
const FEW = 8;

/**
 * Masks values in texts for display, with and without the white space around them. Other masking misses one that does
 * not look like a token, for example as a user name or in the path of a URL. A secret can have very many values and
 * places.
 * @param values called for the first text
 */
export function masking(values: () => readonly Sealed<string>[]): (text: string) => string {
  let known: Known | undefined;
  return (text) => {
    const { texts, forms } = known ??= knownOf(values());
    if (texts.has(text)) return HIDDEN;
    return forms.reduce(
      (rest, [length, those]) => length > rest.length ? rest : withoutForms(rest, length, those),
      text,
    );
  };
}

interface Known {
  readonly texts: ReadonlySet<string>;
  /** By length, the longest first: a shorter value may be part of a longer one. */
  readonly forms: readonly (readonly [length: number, forms: ReadonlySet<string>])[];
}

function knownOf(values: readonly Sealed<string>[]): Known {
  const texts = new Set(
    values.map((value) => value.reveal()).flatMap((text) => [text, text.trim()]),
  );
  texts.delete("");
  const forms = new Set([...texts].filter(({ length }) => length >= LEAST_LENGTH).flatMap(formsOf));
  const byLength = Map.groupBy(forms, ({ length }) => length);
  return {
    texts,
    forms: [...byLength].sort(([a], [b]) => b - a)
      .map(([length, those]) => [length, new Set(those)] as const),
  };
}

/** Registries and URLs are also shown in lower case. */
const formsOf = (value: string): string[] => [
  value,
  value.isWellFormed() ? encodeURIComponent(value) : value,
  value.toLowerCase(),
];

function withoutForms(text: string, length: number, forms: ReadonlySet<string>): string {
  if (forms.size <= FEW || length > MOST_AT_ONCE) {
    return [...forms].reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
  }
  let shown = "";
  let from = 0;
  for (let at = 0; at + length <= text.length;) {
    if (!forms.has(text.slice(at, at + length))) at++;
    else {
      shown += text.slice(from, at) + HIDDEN;
      at += length;
      from = at;
    }
  }
  return shown + text.slice(from);
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
