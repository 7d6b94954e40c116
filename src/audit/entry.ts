export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** Who attempts to write what where, as it is known before anything is changed. */
export interface Attempt {
  /** Unlike any other write's. */
  readonly writeId: string;
  /** Of the HTTP request. */
  readonly requestId: string;
  readonly actor: { readonly name: string; readonly from: string };
  readonly cluster: string;
  /** Of the credential: `docker`, `helm` … */
  readonly kind: string;
  /** Of the secrets, each once. */
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  /** Those whose pull secrets are to be changed. */
  readonly serviceAccounts?: readonly ServiceAccountRef[];
  readonly upsert: boolean;
  readonly force: boolean;
}

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
  /** How many of the same actor before it were too many to be recorded. @default 0 */
  readonly leftOut?: number;
}

/**
 * `started`: the server begins to write this log. `begin`, `end`: before and after a write.
 * `refused`: it was not allowed. `interrupted`: its end was never written, found at a later start.
 */
export const PHASES = ["started", "begin", "end", "refused", "interrupted"] as const;

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
  readonly kind?: string;
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly service_accounts?: readonly ServiceAccountRef[];
  readonly upsert?: boolean;
  readonly force?: boolean;
  /** Fingerprint of the credential's value. */
  readonly credential?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly left_out?: number;
}

/** Longest line that is taken for an entry, in bytes: a thousand namespaces are a tenth of it. */
export const MAX_LINE = 1024 * 1024;

/** The line of an entry, without its end. */
export function lineOf(entry: Entry): string {
  return JSON.stringify(entry);
}

/** The entry of a line; `undefined` when it is none, as when a crash has cut it. */
export function parseLine(line: string): Entry | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null) return undefined;
  const { time, phase, write, names = [] } = entry as Partial<Entry>;
  const isOne = typeof time === "string" && !Number.isNaN(Date.parse(time)) &&
    PHASES.some((each) => each === phase) &&
    (write === undefined || typeof write === "string") && Array.isArray(names);
  return isOne ? entry as Entry : undefined;
}

/** What an attempt says in each of its lines. */
export function about(
  attempt: Attempt,
  credential: string | undefined,
): Omit<Entry, "time" | "phase"> {
  const { writeId, requestId, actor, cluster, kind, names, namespaces, upsert, force } = attempt;
  const { serviceAccounts = [] } = attempt;
  return {
    write: writeId,
    request: requestId,
    who: actor.name,
    from: actor.from,
    cluster,
    kind,
    names,
    namespaces,
    ...(serviceAccounts.length > 0 ? { service_accounts: serviceAccounts } : {}),
    upsert,
    force,
    credential,
  };
}
