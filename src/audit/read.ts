import { ChainCheck, type ChainHash, type ChainSeen } from "./chain.ts";
import { type Cuttable, type Entry, parseLine } from "./entry.ts";
import { type LogFiles, logLines } from "./files.ts";

export interface AuditQuery {
  /** Of this one, also of what was about several with it. */
  readonly cluster?: string;
  /** Of a secret. */
  readonly name?: string;
  /** Not before this time. */
  readonly since?: Date;
  /** Before this time. */
  readonly until?: Date;
  /**
   * Fingerprint of a credential, or how it begins, also of one that was to be replaced. An entry that
   * was too long for all of its fingerprints is given, too, as it may have had that one.
   */
  readonly credential?: string;
  /** Id of a rotation. */
  readonly rotation?: string;
  /** Fingerprint of a credential that was to be replaced. */
  readonly replaced?: string;
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
  /** Of all lines that were read, those that are not asked for too. */
  readonly chain: ChainSeen;
}

/** By how much clocks are set back at most while a log is written, in milliseconds. */
const SET_BACK = 60 * 60 * 1000;

/**
 * Reads a log backwards through its files, only as far as the query needs it. A log that is not
 * there is an empty one.
 *
 * Permissions: `--allow-read` of the files.
 * @param hash by which the lines are chained, or why it cannot be had
 */
export async function readAudit(
  files: LogFiles,
  query: AuditQuery,
  hash: ChainHash | { readonly why: string },
): Promise<AuditPage> {
  const entries: Entry[] = [];
  const chain = new ChainCheck(hash);
  /** Writes whose `begin` stands once more in an older file. */
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
    if (!isAskedFor(entry, query)) continue;
    if (entries.length === query.limit) return page(true);
    entries.push(entry);
  }
  return page(false);
}

/** Of all credentials that an entry has; a line that somebody has changed may hold anything. */
function fingerprintsOf({ credential, credentials, ...entry }: Entry): string[] {
  return [credential, ...Object.values(credentials ?? {}), ...replacedOf(entry)]
    .filter((each) => typeof each === "string");
}

const replacedOf = ({ replaces }: Pick<Entry, "replaces">): readonly string[] =>
  Array.isArray(replaces) ? replaces : [];

const clustersOf = ({ cluster, clusters }: Entry): readonly unknown[] => [
  cluster,
  ...Array.isArray(clusters) ? clusters : [],
];

/** Whether a list was too long for the entry. */
const isCut = ({ more }: Entry, list: Cuttable): boolean => (more?.[list] ?? 0) > 0;

function isAskedFor(entry: Entry, query: AuditQuery): boolean {
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
