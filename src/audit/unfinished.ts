import { changesNothing, type Entry, parseLine } from "./entry.ts";
import { linesByFile, type LogFiles } from "./files.ts";

/**
 * The `begin` entries without an end, since the server was started last, oldest first: writes that
 * a crash has interrupted, when nobody writes the log now. Earlier ones were found at that start.
 * What changes nothing, as a dry run, is not among them.
 *
 * A file begins with the writes under way, so that an older one is looked at only where a crash has
 * cut that beginning.
 *
 * Permissions: `--allow-read` of the files.
 */
export async function unfinished(files: LogFiles): Promise<Entry[]> {
  const ended = new Set<string>();
  const found = new Map<string, Entry>();
  const oldestFirst = () => [...found.values()].reverse();
  for (const lines of linesByFile(files)) {
    let hasWholeBeginning = false;
    for await (const text of lines) {
      const parsed = typeof text === "string" ? parseLine(text) : undefined;
      if (parsed === undefined) continue;
      const { entry, isCarried } = parsed;
      if (entry.phase === "started") return oldestFirst();
      // A start writes `interrupted` and `started` at once, so that one without the other was cut.
      if (!isCarried && entry.phase !== "interrupted") hasWholeBeginning = true;
      if (entry.write === undefined) continue;
      if (entry.phase !== "begin") ended.add(entry.write);
      else if (!ended.has(entry.write) && !changesNothing(entry)) found.set(entry.write, entry);
    }
    if (hasWholeBeginning) break;
  }
  return oldestFirst();
}
