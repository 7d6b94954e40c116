import { openOwnToRead } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { linesFromEnd } from "../log/lines_from_end.ts";
import { type Entry, MAX_LINE, parseLine } from "./entry.ts";

export interface AuditQuery {
  readonly cluster?: string;
  /** Of a secret. */
  readonly name?: string;
  /** Not before this time. */
  readonly since?: Date;
  /** Before this time. */
  readonly until?: Date;
  /** Most entries that are given. */
  readonly limit: number;
  /** Whether who asks may see an entry. @default all of them */
  readonly mayShow?: (entry: Entry) => boolean;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** Whether there are more. */
  readonly truncated: boolean;
  /** Lines that were passed over, because they are no entries: a crash has cut them. */
  readonly damaged: number;
}

/** By how much clocks are set back at most while a log is written, in milliseconds. */
const SET_BACK = 60 * 60 * 1000;

/**
 * Reads a log backwards, only as far as the query needs it. A log that is not there is an empty one.
 *
 * Permissions: `--allow-read` of the file.
 */
export async function readAudit(
  path: string,
  query: AuditQuery,
  trust: Trust = ownTrust(),
): Promise<AuditPage> {
  const entries: Entry[] = [];
  let damaged = 0;
  const open = (path: string) => openOwnToRead(path, trust);
  try {
    for await (const line of linesFromEnd(path, { maxLine: MAX_LINE, open })) {
      const entry = typeof line === "string" ? parseLine(line) : undefined;
      if (entry === undefined) {
        if (line !== "") damaged++;
        continue;
      }
      if (query.since && Date.parse(entry.time) < query.since.getTime() - SET_BACK) break;
      if (!isAskedFor(entry, query)) continue;
      if (entries.length === query.limit) return { entries, truncated: true, damaged };
      entries.push(entry);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return { entries, truncated: false, damaged };
}

function isAskedFor(entry: Entry, query: AuditQuery): boolean {
  const { cluster, name, since, until, mayShow = () => true } = query;
  const time = Date.parse(entry.time);
  return (cluster === undefined || entry.cluster === cluster) &&
    (name === undefined || [...entry.names ?? [], ...entry.written ?? []].includes(name)) &&
    (since === undefined || time >= since.getTime()) &&
    (until === undefined || time < until.getTime()) &&
    mayShow(entry);
}
