/**
 * What must not get to a terminal as it is, where it would do what somebody else wants: control
 * characters (C0, DEL, C1), those that are not seen (format, with which text is written from right to
 * left), line and paragraph separators.
 */
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same but white space, which stands between the values of a JSON text. */
const NOT_SHOWN_IN_JSON = /[\p{Cf}\p{Zl}\p{Zp}]|(?![\t\n\r])\p{Cc}/gu;

/** As `\uXXXX`, of which there are two for a character beyond 16 bits. */
function asEscape(char: string): string {
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** On one line; a line break is one of the characters. Right inside JSON texts, too. */
export function escaped(text: string): string {
  return text.replace(NOT_SHOWN, asEscape);
}

/** The same JSON. @param json valid, where these characters stand inside of texts alone */
export function escapedJson(json: string): string {
  return json.replace(NOT_SHOWN_IN_JSON, asEscape);
}

/** Whether there is one of them in a text of several lines. */
export function hasHidden(text: string): boolean {
  return text.search(NOT_SHOWN_IN_JSON) !== -1;
}
