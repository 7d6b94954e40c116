/** Whether a text matches a pattern. */
export type Matches = (text: string) => boolean;

/**
 * Compiles a pattern in which `*` matches any characters, or none, and everything else itself. Matching takes
 * linear time: it backtracks at most to the last star, unlike a regular expression with several stars.
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

/** Whether one text matches a pattern. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  compilePattern(pattern)(text);
