import { loggerOf } from "../log/logger.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import type { Sealed } from "../log/sealed.ts";
import {
  about,
  type Attempt,
  type Entry,
  lineOf,
  type Outcome,
  type RefusedAttempt,
  type ServiceAccountRef,
} from "./entry.ts";
import { GroupCommit, type GroupCommitOptions } from "./group_commit.ts";
import { type AuditKey, takeKey } from "./key.ts";
import { type AuditPage, type AuditQuery, readAudit } from "./read.ts";
import { unfinished } from "./unfinished.ts";

export type { Attempt, AuditPage, AuditQuery, Entry, Outcome, RefusedAttempt, ServiceAccountRef };

export type Begun =
  /** It is on the disk that this write is attempted. */
  | {
    readonly kind: "recorded";
    /** Resolves when the outcome is on the disk, or cannot be; it never rejects. */
    end(outcome: Outcome): Promise<void>;
  }
  /** It is not, for this reason, so it must not be attempted. */
  | { readonly kind: "unwritable"; readonly why: string };

/** Where writes are recorded. */
export interface WriteRecord {
  /**
   * Called before a write changes anything in a cluster.
   * @param credential only its fingerprint is kept
   */
  begin(attempt: Attempt, credential?: Sealed<string>): Promise<Begun>;
}

export interface AuditLogOptions extends Pick<GroupCommitOptions, "open"> {
  /** @default the real time */
  readonly now?: () => Date;
  /** Who may own the log and its key, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/**
 * The record of who has attempted to write what, one line of JSON each, on the disk before a write
 * begins and again before it is answered. A `begin` without an `end` is thus a write that a crash
 * has interrupted: the next start reports it. Beside the log, in `PATH.key`, is the key of the
 * credentials' fingerprints. The log is only ever appended to, never rotated; who moves it away
 * gets a new one, which begins with the writes under way.
 *
 * Permissions: `--allow-read --allow-write` of both files and their folder.
 */
export class AuditLog implements WriteRecord {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #trust: Trust;
  readonly #file: GroupCommit;
  readonly #log = loggerOf("audit");
  #key: Promise<AuditKey> | undefined;
  /** The `begin` lines of writes under way. */
  readonly #underWay = new Map<string, string>();
  /** Lines of what was done that could not be written yet. */
  #owed: string[] = [];
  /** Interrupted writes that were reported, should they be found once more. */
  readonly #reported = new Set<string>();

  constructor(
    path: string,
    { now = () => new Date(), open, trust = ownTrust() }: AuditLogOptions = {},
  ) {
    this.#path = path;
    this.#trust = trust;
    this.#now = now;
    this.#file = new GroupCommit(path, {
      open,
      trust,
      carryOver: () => [...this.#underWay.values()],
    });
  }

  /**
   * Takes the log, and reports in it and in the server's log what a crash has interrupted. What
   * fails is logged, and tried again when something is to be written.
   */
  async start(): Promise<void> {
    await this.#taken().catch((error) => {
      this.#log.error("the audit log cannot be written, so every write is refused", {
        file: this.#path,
        reason: reasonOf(error),
      });
    });
  }

  async begin(attempt: Attempt, credential?: Sealed<string>): Promise<Begun> {
    const { writeId } = attempt;
    const owed = this.#owed;
    this.#owed = [];
    let said: ReturnType<typeof about>;
    try {
      const key = await this.#taken();
      said = about(attempt, credential && key.fingerprint(credential));
      const line = this.#line("begin", said);
      await this.#file.append([...owed, line]);
      this.#underWay.set(writeId, line);
    } catch (error) {
      this.#owed.unshift(...owed);
      const why = reasonOf(error);
      this.#log.error("the audit log cannot be written: a write is refused", {
        write: writeId,
        file: this.#path,
        reason: why,
      });
      return { kind: "unwritable", why };
    }
    return { kind: "recorded", end: (outcome) => this.#end(writeId, { ...said, ...outcome }) };
  }

  async #end(writeId: string, said: Partial<Entry>): Promise<void> {
    const line = this.#line("end", said);
    try {
      await this.#file.append([line]);
    } catch (error) {
      this.#owed.push(line);
      this.#log.error(
        "the outcome of a write is not in the audit log: writes are refused until it can be written",
        { write: writeId, outcome: said.outcome, file: this.#path, reason: reasonOf(error) },
      );
    } finally {
      this.#underWay.delete(writeId);
    }
  }

  /** Records what was not allowed. It never rejects: that it cannot be recorded is logged. */
  async refused({ requestId, actor, leftOut = 0, ...rest }: RefusedAttempt): Promise<void> {
    const { action, cluster, reason } = rest;
    const said = {
      ...{ request: requestId, who: actor.name, from: actor.from, action, cluster, reason },
      ...(leftOut > 0 ? { left_out: leftOut } : {}),
    };
    try {
      await this.#taken();
      await this.#file.append([this.#line("refused", said)]);
    } catch (error) {
      this.#log.error("a refused attempt is not in the audit log", {
        ...said,
        file: this.#path,
        why: reasonOf(error),
      });
    }
  }

  /** Of a credential, as the log has it; `undefined` when the log's key cannot be had. */
  async fingerprint(credential: Sealed<string>): Promise<string | undefined> {
    const key = await this.#taken().catch(() => undefined);
    return key?.fingerprint(credential);
  }

  /** @throws when the log cannot be read */
  read(query: AuditQuery): Promise<AuditPage> {
    return readAudit(this.#path, query, this.#trust);
  }

  /** Lets another process have it. Called when nothing is under way. */
  async close(): Promise<void> {
    const key = await this.#key?.catch(() => undefined);
    if (key && this.#owed.length > 0) await this.#file.append(this.#owed).catch(() => {});
    this.#owed = [];
    this.#key = undefined;
    key?.release();
  }

  #taken(): Promise<AuditKey> {
    return this.#key ??= this.#take().catch((error) => {
      this.#key = undefined;
      throw error;
    });
  }

  async #take(): Promise<AuditKey> {
    const key = await takeKey(`${this.#path}.key`, this.#trust);
    try {
      const found = await unfinished(this.#path, this.#trust);
      found.forEach((entry) => this.#report(entry));
      const lines = found.map(({ time: _time, phase: _phase, ...said }) =>
        this.#line("interrupted", said)
      );
      await this.#file.append([...lines, this.#line("started", {})]);
      return key;
    } catch (error) {
      key.release();
      throw error;
    }
  }

  #report(entry: Entry): void {
    const { write = "", time, who, cluster, names, namespaces, service_accounts } = entry;
    if (this.#reported.has(write)) return;
    this.#reported.add(write);
    this.#log.warn(whatToDo(entry), {
      ...{ write, began: time, who, cluster, names, namespaces },
      ...(service_accounts ? { service_accounts } : {}),
    });
  }

  #line(phase: Entry["phase"], said: Partial<Entry>): string {
    return lineOf({ time: this.#now().toISOString(), phase, ...said });
  }
}

/** After an interruption, in a sentence. */
function whatToDo({ kind, force, service_accounts }: Entry): string {
  if (kind === "delete") {
    const accounts = service_accounts ? ", and its service accounts may do without it already" : "";
    return "a deletion was interrupted: look at its secrets, each is there as it was or gone" +
      `${accounts}; sending the same deletion again, for each of the names, completes it`;
  }
  const missing = force ? " or, because of force, is missing" : "";
  const accounts = service_accounts ? ", and its service accounts may not use it yet" : "";
  return "a write was interrupted: look at its secrets, each holds its old or its new value" +
    `${missing}${accounts}; sending the same request again with upsert completes it`;
}

/** In few words, for an answer. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "the server's user may not write it";
  if (error instanceof Deno.errors.NotCapable) return "Deno runs without --allow-write for it";
  const { message } = error as Error;
  return message.split(" (os error ")[0]!;
}
