import { observe } from "../observe/observe.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { Sealed } from "../log/sealed.ts";
import { type ChainHash, linkTo, NO_LINE } from "./chain.ts";
import {
  about,
  type Attempt,
  type AuditEntry,
  type Credentials,
  type Outcome,
  parseLine,
  type RefusedAttempt,
} from "./entry.ts";
import type { FingerprintKey } from "./fingerprint_keys.ts";
import { fileErrorReason, type LogFiles, logLines } from "./files.ts";
import { GroupCommit, type GroupCommitOptions } from "./group_commit.ts";
import { advice } from "./interrupted.ts";
import { type AuditKey, HeldByAnother, keyBeside, takeKey } from "./key.ts";
import { carriedLineOf, lineOf } from "./line.ts";
import { type EntryPage, type EntryQuery, readAudit } from "./read.ts";
import { Refusals } from "./refusals.ts";
import { unfinished } from "./unfinished.ts";
import type { Begun, WriteRecord } from "./write_record.ts";

/** Settings that a reload may change. */
export interface AuditLogLimits {
  /** Size in bytes at which the log is rotated. @default it is never rotated */
  readonly maxSize?: number;
  /** Number of old files that are kept: `PATH.1` is the newest. @default 10 */
  readonly files?: number;
  /** Makes fingerprints; a write whose fingerprint fails is rejected. @default the log's own key */
  readonly fingerprints?: Pick<FingerprintKey, "of">;
}

export interface AuditLogOptions
  extends AuditLogLimits, Pick<GroupCommitOptions, "open" | "rename"> {
  /** @default the current time */
  readonly now?: () => Date;
  /** Who may own the log and its key, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/** The key, whose lock this process has, and the open log. */
interface Taken {
  readonly key: AuditKey;
  readonly file: GroupCommit;
}

/**
 * Records who attempted to write what. Each attempt has two lines of JSON: `begin` is on the disk
 * before the write starts, `end` before the response is sent. A `begin` without an `end` is a write
 * that a crash interrupted; the next start reports it. `PATH.key` beside the log has the key for the
 * fingerprints of credentials and for the chain of lines. Files are only appended to. A file that is
 * full or was moved away is followed by a new one, which starts with the writes under way.
 *
 * Permissions: `--allow-read --allow-write` of the files and their folder.
 */
export class AuditLog implements WriteRecord {
  readonly #path: string;
  readonly #options: AuditLogOptions;
  readonly #now: () => Date;
  readonly #trust: Trust;
  readonly #refusals: Refusals;
  #limits: AuditLogLimits;
  #taken: Promise<Taken> | undefined;
  /** The `begin` entries of writes whose `end` is not on the disk. */
  readonly #underWay = new Map<string, AuditEntry>();
  /** `end` lines that could not be written yet, by the id of the write. */
  readonly #owed = new Map<string, string>();
  /** Interrupted writes that are already reported, by id. */
  readonly #reported = new Set<string>();

  constructor(path: string, options: AuditLogOptions = {}) {
    const { now = () => new Date(), trust = ownTrust() } = options;
    this.#path = path;
    this.#options = options;
    this.#trust = trust;
    this.#now = now;
    this.#limits = options;
    this.#refusals = new Refusals({ now: options.now && (() => now().getTime()) });
  }

  /** Takes effect with the next line. */
  set limits(limits: AuditLogLimits) {
    this.#limits = limits;
  }

  /**
   * Locks the log, and reports writes that a crash interrupted, in it and in the server's log. A
   * failure is logged, and the next write tries again.
   */
  async start(): Promise<void> {
    await this.#take().catch((error) => {
      observe("audit.unwritable", { file: this.#path, reason: fileErrorReason(error) });
    });
  }

  async begin(attempt: Attempt, credentials?: Credentials): Promise<Begun> {
    const { writeId } = attempt;
    const owed = [...this.#owed];
    this.#owed.clear();
    try {
      const { key, file } = await this.#take();
      const by = this.#limits.fingerprints ?? { of: key.fingerprint };
      const fields = about(attempt, await fingerprintsOf(credentials, by));
      const entry = this.#entry("begin", fields);
      await file.append([...owed.map(([, line]) => line), lineOf(entry)]);
      for (const [id] of owed) this.#underWay.delete(id);
      this.#underWay.set(writeId, entry);
      const end = (outcome: Outcome) => this.#end(file, writeId, { ...fields, ...outcome });
      return { kind: "recorded", end };
    } catch (error) {
      for (const [id, line] of owed) this.#owed.set(id, line);
      const why = fileErrorReason(error);
      observe("audit.write_refused", { write: writeId, file: this.#path, reason: why });
      return { kind: "unwritable", why, ...error instanceof HeldByAnother ? { isHeld: true } : {} };
    }
  }

  async #end(file: GroupCommit, writeId: string, fields: Partial<AuditEntry>): Promise<void> {
    const line = lineOf(this.#entry("end", fields));
    try {
      await file.append([line]);
      this.#underWay.delete(writeId);
    } catch (error) {
      this.#owed.set(writeId, line);
      observe("audit.outcome_unwritten", {
        write: writeId,
        outcome: fields.outcome,
        file: this.#path,
        reason: fileErrorReason(error),
      });
    }
  }

  /**
   * Records a rejected attempt. Attempts beyond the limit are counted, and the next line that is
   * written has their number. Never rejects: a failure to record is logged.
   */
  async refused({ requestId, actor, isKnown = false, ...rest }: RefusedAttempt): Promise<void> {
    const leftOut = this.#refusals.admit({ ...actor, isKnown });
    if (leftOut === undefined) return;
    const { action, cluster, reason } = rest;
    const fields = {
      ...{ request: requestId, who: actor.name, from: actor.from, action, cluster, reason },
      ...(leftOut > 0 ? { left_out: leftOut } : {}),
    };
    try {
      const { file } = await this.#take();
      await file.append([lineOf(this.#entry("refused", fields))]);
    } catch (error) {
      this.#refusals.giveBack(leftOut + 1);
      observe("audit.refusal_unwritten", {
        ...fields,
        file: this.#path,
        error: fileErrorReason(error),
      });
    }
  }

  /** The fingerprint by the log's own key; `undefined` when the key cannot be used. */
  async fingerprint(credential: Sealed<string>): Promise<string | undefined> {
    const taken = await this.#take().catch(() => undefined);
    return taken?.key.fingerprint(credential);
  }

  /** @throws when the log cannot be read */
  async read(query: EntryQuery): Promise<EntryPage> {
    return await readAudit(this.#files, query, await this.#chainHash());
  }

  /** Releases the lock, so that another process can write the log. Call when no write is under way. */
  async close(): Promise<void> {
    const taken = await this.#taken?.catch(() => undefined);
    this.#taken = undefined;
    const leftOut = this.#refusals.takeLeftOut();
    const lines = [
      ...this.#owed.values(),
      ...leftOut > 0 ? [lineOf(this.#entry("refused", { left_out: leftOut }))] : [],
    ];
    if (taken && lines.length > 0) await taken.file.append(lines).catch(() => {});
    this.#owed.clear();
    taken?.key.release();
  }

  get #files(): LogFiles {
    const { files = KEPT } = this.#limits;
    return { path: this.#path, keep: files, trust: this.#trust };
  }

  async #chainHash(): Promise<ChainHash | { readonly why: string }> {
    try {
      const key = (await this.#taken?.catch(() => undefined))?.key ??
        await keyBeside(`${this.#path}.key`, this.#trust);
      return key?.chain ?? { why: "the audit log has no key yet" };
    } catch (error) {
      return { why: `cannot use the key of the audit log: ${fileErrorReason(error)}` };
    }
  }

  /** Locks the log, unless this process has the lock. */
  #take(): Promise<Taken> {
    return this.#taken ??= this.#takeNow().catch((error) => {
      this.#taken = undefined;
      throw error;
    });
  }

  async #takeNow(): Promise<Taken> {
    const key = await takeKey(`${this.#path}.key`, this.#trust);
    try {
      const found = await unfinished(this.#files);
      found.forEach((entry) => this.#report(entry));
      const entries = [
        ...found.map(({ time: _time, phase: _phase, ...fields }) =>
          this.#entry("interrupted", fields)
        ),
        this.#entry("started", {}),
      ];
      const file = this.#fileOf(key);
      await file.append(entries.map(lineOf));
      return { key, file };
    } catch (error) {
      key.release();
      throw error;
    }
  }

  #fileOf(key: AuditKey): GroupCommit {
    const { open, rename } = this.#options;
    return new GroupCommit(this.#path, {
      open,
      rename,
      trust: this.#trust,
      carryOver: () => [...this.#underWay.values()].map(carriedLineOf),
      chain: { hash: key.chain, end: () => endOfChain(this.#files, key.chain) },
      rotation: () => {
        const { maxSize = Infinity, files = KEPT } = this.#limits;
        return { maxSize, keep: files };
      },
      onStuck: (error) =>
        observe("audit.not_rotated", { file: this.#path, reason: fileErrorReason(error) }),
    });
  }

  #report(entry: AuditEntry): void {
    const { write = "", kind, time, who, cluster, names, namespaces, more } = entry;
    const { rotation, clusters, service_accounts } = entry;
    if (this.#reported.has(write)) return;
    this.#reported.add(write);
    observe("audit.write_interrupted", {
      ...{ write, kind, advice: advice(entry), started: time },
      ...{ who, cluster, names, namespaces },
      ...(rotation ? { rotation } : {}),
      ...(clusters ? { clusters } : {}),
      ...(service_accounts ? { service_accounts } : {}),
      ...(more ? { more } : {}),
    });
  }

  #entry(phase: AuditEntry["phase"], fields: Partial<AuditEntry>): AuditEntry {
    return { time: this.#now().toISOString(), phase, ...fields };
  }
}

/** Old files that are kept by default. */
const KEPT = 10;

async function fingerprintsOf(
  credentials: Credentials | undefined,
  by: { of(value: Sealed<string>): string | Promise<string> },
): Promise<Pick<AuditEntry, "credential" | "credentials">> {
  if (credentials === undefined) return {};
  if (credentials instanceof Sealed) return { credential: await by.of(credentials) };
  const all = await Promise.all(
    Object.entries(credentials).map(async ([place, each]) => [place, await by.of(each)]),
  );
  return { credentials: Object.fromEntries(all) };
}

/** The link for the next line, from the last entry in the files. */
async function endOfChain(files: LogFiles, hash: ChainHash): Promise<string> {
  for await (const line of logLines(files)) {
    if (typeof line === "string" && parseLine(line) !== undefined) return linkTo(line, hash);
  }
  return NO_LINE;
}
