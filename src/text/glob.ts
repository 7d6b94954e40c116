/**
 * Whether a text is what a pattern says, in which `*` stands for any characters, also none, and
 * everything else for itself. Time is linear: it never looks back further than the last star, as a
 * regular expression of many would.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern.split("*") as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
