import { ChainCheck, type ChainHash, type ChainSeen } from "./chain.ts";
import { type AuditEntry, type Cuttable, parseLine } from "./entry.ts";
import { type LogFiles, logLines } from "./files.ts";

export interface EntryQuery {
  /** Entries about this cluster, alone or among several. */
  readonly cluster?: string;
  /** Entries about a secret of this name. */
  readonly name?: string;
  /** Entries at or after this time. */
  readonly since?: Date;
  /** Entries before this time. */
  readonly until?: Date;
  /**
   * Entries with a fingerprint that starts with this text, of a written or a replaced credential. An
   * entry whose fingerprints were cut matches, too.
   */
  readonly credential?: string;
  /** Entries of this rotation. */
  readonly rotation?: string;
  /** Entries that replace the credential with this fingerprint. */
  readonly replaced?: string;
  /** The most entries to return. */
  readonly limit: number;
  /** Whether the caller may see an entry. @default every entry */
  readonly mayShow?: (entry: AuditEntry) => boolean;
}

export interface EntryPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Whether there are more. */
  readonly truncated: boolean;
  /** The number of lines that are not entries, because a crash cut them. */
  readonly damaged: number;
  /** The chain of all lines that were read, whether or not the query matches them. */
  readonly chain: ChainSeen;
}

/** The most that a clock is set back while a log is written, in milliseconds. */
const SET_BACK = 60 * 60 * 1000;

/**
 * Reads a log backwards through its files, as far as the query needs it. A missing log counts as empty.
 *
 * Permissions: `--allow-read` of the files.
 * @param hash the hash of the chain, or why it cannot be computed
 */
export async function readAudit(
  files: LogFiles,
  query: EntryQuery,
  hash: ChainHash | { readonly why: string },
): Promise<EntryPage> {
  const entries: AuditEntry[] = [];
  const chain = new ChainCheck(hash);
  /** Writes whose `begin` is repeated from an older file. */
  const carried = new Set<string>();
  let damaged = 0;
  const longBefore = query.since ? query.since.getTime() - SET_BACK : -Infinity;
  const page = (truncated: boolean) => ({ entries, truncated, damaged, chain: chain.seen });
  for await (const text of logLines(files)) {
    const parsed = typeof text === "string" ? parseLine(text) : undefined;
    if (parsed === undefined) {
      if (text !== "") damaged++;
      continue;
    }
    const { entry, isCarried } = parsed;
    chain.see(text as string, entry.time);
    if (Date.parse(entry.time) < longBefore && !isCarried) break;
    if (entry.phase === "begin" && entry.write !== undefined) {
      if (carried.has(entry.write)) continue;
      if (isCarried) carried.add(entry.write);
    }
    if (!matches(entry, query)) continue;
    if (entries.length === query.limit) return page(true);
    entries.push(entry);
  }
  return page(false);
}

/** All fingerprints of an entry. A line that somebody changed may contain anything. */
function fingerprintsOf({ credential, credentials, ...entry }: AuditEntry): string[] {
  return [credential, ...Object.values(credentials ?? {}), ...replacedOf(entry)]
    .filter((each) => typeof each === "string");
}

const replacedOf = ({ replaces }: Pick<AuditEntry, "replaces">): readonly string[] =>
  Array.isArray(replaces) ? replaces : [];

const clustersOf = ({ cluster, clusters }: AuditEntry): readonly unknown[] => [
  cluster,
  ...Array.isArray(clusters) ? clusters : [],
];

/** Whether items of a list were left out. */
const isCut = ({ more }: AuditEntry, list: Cuttable): boolean => (more?.[list] ?? 0) > 0;

function matches(entry: AuditEntry, query: EntryQuery): boolean {
  const { cluster, name, credential, rotation, replaced, since, until } = query;
  const { mayShow = () => true } = query;
  const time = Date.parse(entry.time);
  return (cluster === undefined || isCut(entry, "clusters") ||
    clustersOf(entry).includes(cluster)) &&
    (rotation === undefined || entry.rotation === rotation) &&
    (replaced === undefined || isCut(entry, "replaces") || replacedOf(entry).includes(replaced)) &&
    (name === undefined || [...entry.names ?? [], ...entry.written ?? []].includes(name)) &&
    (credential === undefined || isCut(entry, "credentials") || isCut(entry, "replaces") ||
      fingerprintsOf(entry).some((each) => each.startsWith(credential))) &&
    (since === undefined || time >= since.getTime()) &&
    (until === undefined || time < until.getTime()) &&
    mayShow(entry);
}
