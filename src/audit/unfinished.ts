import { type AuditEntry, isReadOnly, parseLine } from "./entry.ts";
import { linesByFile, type LogFiles } from "./files.ts";

/**
 * Finds the `begin` entries without an `end` since the last start of the server, oldest first: writes
 * that a crash interrupted, provided that no process writes the log now. That start reported earlier
 * ones. Attempts that change nothing, such as dry runs, are left out.
 *
 * A file starts with the writes under way, so that an older file is read only when a crash cut that start.
 *
 * Permissions: `--allow-read` of the files.
 */
export async function unfinished(files: LogFiles): Promise<AuditEntry[]> {
  const ended = new Set<string>();
  const found = new Map<string, AuditEntry>();
  const oldestFirst = () => [...found.values()].reverse();
  for (const lines of linesByFile(files)) {
    let hasWholeStart = false;
    for await (const text of lines) {
      const parsed = typeof text === "string" ? parseLine(text) : undefined;
      if (parsed === undefined) continue;
      const { entry, isCarried } = parsed;
      if (entry.phase === "started") return oldestFirst();
      // A start writes `interrupted` and `started` together: one without the other was cut.
      if (!isCarried && entry.phase !== "interrupted") hasWholeStart = true;
      if (entry.write === undefined) continue;
      if (entry.phase !== "begin") ended.add(entry.write);
      else if (!ended.has(entry.write) && !isReadOnly(entry)) found.set(entry.write, entry);
    }
    if (hasWholeStart) break;
  }
  return oldestFirst();
}
