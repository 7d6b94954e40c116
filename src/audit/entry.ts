import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** Who attempts to write what where, as it is known before anything is changed. */
export interface Attempt {
  /** Unlike any other write's: one request that writes to several clusters has one for each. */
  readonly writeId: string;
  /** Of the HTTP request. */
  readonly requestId: string;
  readonly actor: { readonly name: string; readonly from: string };
  /** Absent when no cluster is asked, as of `verify`, and of several as a whole. */
  readonly cluster?: string;
  /** Names of those that a call about several is about. */
  readonly clusters?: readonly string[];
  /**
   * Of the credential: `docker`, `helm` …; `delete`, `rotate`; `verify`, `find` and `check` when one is
   * tried or looked for, and nothing written.
   */
  readonly kind: string;
  /** Of the rotation that it is part of. */
  readonly rotation?: string;
  /** Fingerprints of the values that are to be replaced. */
  readonly replaces?: readonly string[];
  /** Names of the clusters of which all that is to be replaced is among these. */
  readonly replacesOf?: readonly string[];
  /** Of a rotation that seeks something else than a value: a fingerprint of that. */
  readonly about?: string;
  /** Whether also pull secrets are meant that have no docker label. @default false */
  readonly everywhere?: boolean;
  /** By which key fingerprints are made, by the fingerprint of a text that is always the same. */
  readonly key?: string;
  /** Of a value that is not known itself. */
  readonly fingerprint?: string;
  /** Of the secrets, each once. */
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  /** Those whose pull secrets are to be changed. */
  readonly serviceAccounts?: readonly ServiceAccountRef[];
  readonly upsert: boolean;
  readonly force: boolean;
  /** Whether it only asks what a write would do. @default false */
  readonly dryRun?: boolean;
}

/**
 * What is written, of which only fingerprints are kept: one value, or one for each registry or URL
 * that it is for. There is no user information in these.
 */
export type Credentials = Sealed<string> | Readonly<Record<string, Sealed<string>>>;

/** What became of an attempt. */
export interface Outcome {
  /** `created`, `replaced`, `unchanged`, `mixed`, `refused`, `failed`, `unable` … */
  readonly outcome: string;
  /** How many secrets of each, when it is written. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Names of the secrets that were written, where they are others than those asked for. */
  readonly written?: readonly string[];
  /** Why it was refused, each kind once. */
  readonly refusals?: readonly string[];
  /** The kind of the failure. */
  readonly error?: string;
  /** Of a rotation that has found in the end what it did not at first: fingerprints of that. */
  readonly replaces?: readonly string[];
  /** Of a rotation: whether what it replaced was then safe to revoke. */
  readonly safe_to_revoke?: boolean;
  /** What is not as it was before a failure. */
  readonly not_restored?: readonly {
    readonly namespace: string;
    readonly name: string;
    /** `serviceaccount`, of whose pull secrets this is said; a secret when absent. */
    readonly kind?: string;
    readonly state: string;
  }[];
  /** Those that were made for it; they stay when it fails. */
  readonly namespaces_created?: readonly string[];
}

/** An attempt that was not allowed, of which no more may be known than who made it. */
export interface RefusedAttempt {
  readonly requestId: string;
  readonly actor: Attempt["actor"];
  /** Method and path. */
  readonly action: string;
  readonly cluster?: string;
  /** One sentence; nothing of a body or a token. */
  readonly reason: string;
  /** Whether a token has told who it is. @default false */
  readonly isKnown?: boolean;
}

/**
 * `started`: the server begins to write this log. `begin`, `end`: before and after a write.
 * `refused`: it was not allowed. `interrupted`: its end was never written, found at a later start.
 */
export const PHASES = ["started", "begin", "end", "refused", "interrupted"] as const;

/** What is cut where an entry would be too long, from what is cut first to what is cut last. */
export const CUT_ORDER = [
  "service_accounts",
  "clusters",
  "replaces_of",
  "namespaces_created",
  "namespaces",
  "written",
  "credentials",
  "names",
  "replaces",
  "refusals",
  "not_restored",
] as const;

export type Cuttable = typeof CUT_ORDER[number];

/** One line of the log. */
export interface Entry extends Partial<Outcome> {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly phase: typeof PHASES[number];
  readonly write?: string;
  readonly request?: string;
  readonly who?: string;
  readonly from?: string;
  readonly cluster?: string;
  readonly clusters?: readonly string[];
  readonly kind?: string;
  readonly rotation?: string;
  /** Fingerprints of the values that are to be replaced. */
  readonly replaces?: readonly string[];
  readonly replaces_of?: readonly string[];
  readonly about?: string;
  readonly everywhere?: boolean;
  /** Of the key that fingerprints are made by. */
  readonly key?: string;
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly service_accounts?: readonly ServiceAccountRef[];
  readonly upsert?: boolean;
  readonly force?: boolean;
  readonly dry_run?: boolean;
  /** Fingerprint of the credential's value. */
  readonly credential?: string;
  /** Fingerprints by what each is for, where there may be several. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly reason?: string;
  readonly left_out?: number;
  /** How many of a list were left out, so that the line is not too long. */
  readonly more?: Readonly<Partial<Record<Cuttable, number>>>;
}

/**
 * Longest line that is taken for an entry, in bytes. None is written that is longer than a quarter of
 * it (`LONGEST_LINE`), as a line that readers pass over would be an attempt that nobody sees.
 */
export const MAX_LINE = 1024 * 1024;

export interface Parsed {
  readonly entry: Entry;
  /** Whether it repeats the `begin` of a write that was under way when this file was begun. */
  readonly isCarried: boolean;
}

/** What is in a line; `undefined` when it is no entry, as when a crash has cut it. */
export function parseLine(line: string): Parsed | undefined {
  const parsed = parsedObject(line);
  if (parsed === undefined) return undefined;
  const { link: _, carried, ...entry } = parsed as Partial<Entry> & {
    readonly link?: unknown;
    readonly carried?: unknown;
  };
  const { time, phase, write, names = [] } = entry;
  const isOne = typeof time === "string" && !Number.isNaN(Date.parse(time)) &&
    PHASES.some((each) => each === phase) &&
    (write === undefined || typeof write === "string") && Array.isArray(names);
  return isOne ? { entry: entry as Entry, isCarried: carried === true } : undefined;
}

/** Kinds of what only looks, or tries. */
const LOOKS: readonly string[] = ["verify", "find", "check"];

/** Whether an entry is of what changes nothing, so that nothing of it can be half done. */
export function changesNothing({ kind, dry_run }: Entry): boolean {
  return dry_run === true || kind !== undefined && LOOKS.includes(kind);
}

/** What an attempt says in each of its lines. */
export function about(
  attempt: Attempt,
  fingerprints: Pick<Entry, "credential" | "credentials">,
): Omit<Entry, "time" | "phase"> {
  const { writeId, requestId, actor, cluster, kind, names, namespaces, upsert, force } = attempt;
  const { serviceAccounts = [], dryRun = false } = attempt;
  const { clusters, rotation, replaces = [], fingerprint } = attempt;
  const { replacesOf = [], about, everywhere = false, key } = attempt;
  return {
    write: writeId,
    request: requestId,
    who: actor.name,
    from: actor.from,
    cluster,
    ...(clusters === undefined ? {} : { clusters }),
    kind,
    ...(rotation === undefined ? {} : { rotation }),
    names,
    namespaces,
    ...(serviceAccounts.length > 0 ? { service_accounts: serviceAccounts } : {}),
    upsert,
    force,
    ...(dryRun ? { dry_run: true } : {}),
    ...(replaces.length > 0 ? { replaces } : {}),
    ...(replacesOf.length > 0 ? { replaces_of: replacesOf } : {}),
    ...(about === undefined ? {} : { about }),
    ...(everywhere ? { everywhere } : {}),
    ...(key === undefined ? {} : { key }),
    ...(fingerprint === undefined ? {} : { credential: fingerprint }),
    ...fingerprints,
  };
}
