/**
 * Characters that could make a terminal do what an attacker wants: control characters (C0, DEL, C1),
 * invisible format characters, which also reverse the direction of text, and line and paragraph
 * separators.
 */
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same without the white space between the values of a JSON text. */
const NOT_SHOWN_IN_JSON = /[\p{Cf}\p{Zl}\p{Zp}]|(?![\t\n\r])\p{Cc}/gu;

/** `\uXXXX`, twice for a character beyond 16 bits. */
function asEscape(char: string): string {
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** Escapes these characters, line breaks included. The result is also valid within a JSON text. */
export function escaped(text: string): string {
  return text.replace(NOT_SHOWN, asEscape);
}

/** Escapes these characters in JSON, which keeps its meaning. @param json valid JSON */
export function escapedJson(json: string): string {
  return json.replace(NOT_SHOWN_IN_JSON, asEscape);
}

/** Whether a text of several lines has such a character. */
export function hasHidden(text: string): boolean {
  return text.search(NOT_SHOWN_IN_JSON) !== -1;
}
