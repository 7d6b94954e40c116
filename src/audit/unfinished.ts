import { openOwnToRead } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { linesFromEnd } from "../log/lines_from_end.ts";
import { type Entry, MAX_LINE, parseLine } from "./entry.ts";

/**
 * The `begin` entries without an end, since the server was started last, oldest first: writes that
 * a crash has interrupted, when nobody writes the log now. Earlier ones were found at that start.
 *
 * Permissions: `--allow-read` of the file.
 */
export async function unfinished(path: string, trust: Trust = ownTrust()): Promise<Entry[]> {
  const ended = new Set<string>();
  const found: Entry[] = [];
  const open = (path: string) => openOwnToRead(path, trust);
  try {
    for await (const line of linesFromEnd(path, { maxLine: MAX_LINE, open })) {
      const entry = typeof line === "string" ? parseLine(line) : undefined;
      if (entry?.phase === "started") break;
      if (entry?.write === undefined) continue;
      if (entry.phase !== "begin") ended.add(entry.write);
      else if (!ended.delete(entry.write)) found.push(entry);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.reverse();
}
