/** Whether a text is what a pattern says. */
export type Matches = (text: string) => boolean;

/**
 * What a pattern says: `*` stands for any characters, also none, and everything else for itself. It is
 * taken apart once for many texts. Time is linear: it never looks back further than the last star, as a
 * regular expression of many would.
 */
export function compilePattern(pattern: string): Matches {
  const [first, ...rest] = pattern.split(/\*+/) as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return (text) => pattern === text;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** The same of one text. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  compilePattern(pattern)(text);
