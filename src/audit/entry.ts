import type { Sealed } from "../log/sealed.ts";
import { parsedObject } from "../text/json.ts";

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** An attempt to write: who, what and where, as known before anything is changed. */
export interface Attempt {
  /** Unique: a request that writes to several clusters has one id for each cluster. */
  readonly writeId: string;
  readonly requestId: string;
  readonly actor: { readonly name: string; readonly from: string };
  /** Absent when the attempt is not about one cluster: `verify`, or several clusters as a whole. */
  readonly cluster?: string;
  /** The clusters of a request about several. */
  readonly clusters?: readonly string[];
  /**
   * The kind of credential (`docker`, `helm` …), `delete` or `rotate`; or `verify`, `find` and `check`,
   * which write nothing.
   */
  readonly kind: string;
  /** Id of the rotation that the attempt is part of. */
  readonly rotation?: string;
  /** Fingerprints of the values to replace. */
  readonly replaces?: readonly string[];
  /** Clusters whose values to replace are all in `replaces`. */
  readonly replacesOf?: readonly string[];
  /** For a rotation that does not search for a value: a fingerprint of what it searches for. */
  readonly about?: string;
  /** Whether pull secrets without a docker label are included. @default false */
  readonly everywhere?: boolean;
  /** Identifies the key of the fingerprints: the fingerprint of a fixed text. */
  readonly key?: string;
  /** Fingerprint of a value that is not known itself. */
  readonly fingerprint?: string;
  /** Names of the secrets, each once. */
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  /** Service accounts whose `imagePullSecrets` are to be changed. */
  readonly serviceAccounts?: readonly ServiceAccountRef[];
  readonly upsert: boolean;
  readonly force: boolean;
  /** @default false */
  readonly dryRun?: boolean;
}

/**
 * The credentials of an attempt, of which only fingerprints are recorded: one value, or one for each
 * registry or URL. The keys contain no user information.
 */
export type Credentials = Sealed<string> | Readonly<Record<string, Sealed<string>>>;

/** The result of an attempt. */
export interface Outcome {
  /** `created`, `replaced`, `unchanged`, `mixed`, `refused`, `failed`, `unable` … */
  readonly outcome: string;
  /** The number of secrets for each result, when secrets were written. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Names of the secrets that were written, if they differ from the requested ones. */
  readonly written?: readonly string[];
  /** Reasons of a refusal, each once. */
  readonly refusals?: readonly string[];
  /** The kind of error. */
  readonly error?: string;
  /** For a rotation: fingerprints of values that only the last search found. */
  readonly replaces?: readonly string[];
  /** For a rotation: whether the replaced credential was safe to revoke. */
  readonly safe_to_revoke?: boolean;
  /** Objects that could not be rolled back after a failure. */
  readonly not_restored?: readonly {
    readonly namespace: string;
    readonly name: string;
    /** `serviceaccount`, whose `imagePullSecrets` were not restored. @default a secret */
    readonly kind?: string;
    readonly state: string;
  }[];
  /** Namespaces that the write created; they stay when it fails. */
  readonly namespaces_created?: readonly string[];
}

/** An attempt that was rejected before anything but its sender was known. */
export interface RefusedAttempt {
  readonly requestId: string;
  readonly actor: Attempt["actor"];
  /** Method and path. */
  readonly action: string;
  readonly cluster?: string;
  /** One sentence, without any part of a body or a token. */
  readonly reason: string;
  /** Whether a token identified the sender. @default false */
  readonly isKnown?: boolean;
}

/**
 * `started`: the server started to write this log. `begin`, `end`: before and after a write. `refused`:
 * a rejected attempt. `interrupted`: a write without `end`, found at a later start.
 */
export const PHASES = ["started", "begin", "end", "refused", "interrupted"] as const;

/** The lists that are cut when an entry is too long, in this order. */
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
export interface AuditEntry extends Partial<Outcome> {
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
  /** Fingerprints of the values to replace. */
  readonly replaces?: readonly string[];
  readonly replaces_of?: readonly string[];
  readonly about?: string;
  readonly everywhere?: boolean;
  /** Identifies the key of the fingerprints. */
  readonly key?: string;
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly service_accounts?: readonly ServiceAccountRef[];
  readonly upsert?: boolean;
  readonly force?: boolean;
  readonly dry_run?: boolean;
  /** Fingerprint of the credential's value. */
  readonly credential?: string;
  /** Fingerprints by registry or URL, when there may be several. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly reason?: string;
  readonly left_out?: number;
  /** The number of items that were left out of a list, so that the line is not too long. */
  readonly more?: Readonly<Partial<Record<Cuttable, number>>>;
}

/**
 * Longest line that is read as an entry, in bytes. Lines that are written have at most a quarter of
 * this (`LONGEST_LINE`), since readers skip longer ones.
 */
export const MAX_LINE = 1024 * 1024;

export interface Parsed {
  readonly entry: AuditEntry;
  /** Whether the entry repeats the `begin` of a write that was under way at a rotation of the log. */
  readonly isCarried: boolean;
}

/** Parses a line; `undefined` when it is not an entry, as when a crash has cut it. */
export function parseLine(line: string): Parsed | undefined {
  const parsed = parsedObject(line);
  if (parsed === undefined) return undefined;
  const { link: _, carried, ...entry } = parsed as Partial<AuditEntry> & {
    readonly link?: unknown;
    readonly carried?: unknown;
  };
  const { time, phase, write, names = [] } = entry;
  const isOne = typeof time === "string" && !Number.isNaN(Date.parse(time)) &&
    PHASES.some((each) => each === phase) &&
    (write === undefined || typeof write === "string") && Array.isArray(names);
  return isOne ? { entry: entry as AuditEntry, isCarried: carried === true } : undefined;
}

/** Kinds that write nothing. */
const READ_ONLY: readonly string[] = ["verify", "find", "check"];

/** Whether an attempt changes nothing, so that a crash cannot leave it incomplete. */
export function isReadOnly({ kind, dry_run }: AuditEntry): boolean {
  return dry_run === true || kind !== undefined && READ_ONLY.includes(kind);
}

/** The fields of both lines of an attempt. */
export function about(
  attempt: Attempt,
  fingerprints: Pick<AuditEntry, "credential" | "credentials">,
): Omit<AuditEntry, "time" | "phase"> {
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
