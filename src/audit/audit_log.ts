import { observe } from "../observe/observe.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { Sealed } from "../log/sealed.ts";
import { type ChainHash, linkTo, NO_LINE } from "./chain.ts";
import {
  about,
  type Attempt,
  type Credentials,
  type Entry,
  type Outcome,
  parseLine,
  type RefusedAttempt,
} from "./entry.ts";
import type { FingerprintKey } from "./fingerprint_keys.ts";
import { type LogFiles, logLines } from "./files.ts";
import { GroupCommit, type GroupCommitOptions } from "./group_commit.ts";
import { whatToDo } from "./interrupted.ts";
import { type AuditKey, HeldByAnother, keyBeside, takeKey } from "./key.ts";
import { carriedLineOf, lineOf } from "./line.ts";
import { type AuditPage, type AuditQuery, readAudit } from "./read.ts";
import { reasonOf } from "./reason.ts";
import { Refusals } from "./refusals.ts";
import { unfinished } from "./unfinished.ts";
import type { Begun, WriteRecord } from "./write_record.ts";

/** What may differ from one configuration to the next. */
export interface AuditLogLimits {
  /** Bytes beyond which a new file is begun. @default there is one file, which grows */
  readonly maxSize?: number;
  /** Older files that are kept: `PATH.1`, the newest, and so on. @default 10 */
  readonly files?: number;
  /** By which credentials are told to be the same; a write that it fails for is refused. @default its own key */
  readonly fingerprints?: Pick<FingerprintKey, "of">;
}

export interface AuditLogOptions
  extends AuditLogLimits, Pick<GroupCommitOptions, "open" | "rename"> {
  /** @default the real time */
  readonly now?: () => Date;
  /** Who may own the log and its key, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/** What writes it needs. */
interface Taken {
  readonly key: AuditKey;
  readonly file: GroupCommit;
}

/**
 * The record of who has attempted to write what, one line of JSON each, on the disk before a write
 * begins and again before it is answered. A `begin` without an `end` is thus a write that a crash
 * has interrupted: the next start reports it. Beside the log, in `PATH.key`, is the key of the
 * credentials' fingerprints and of the chain of its lines. A file is only ever appended to. One that
 * is full, or that somebody moves away, is followed by a new one, which begins with the writes under
 * way.
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
  /** The `begin` of writes whose end is not on the disk. */
  readonly #underWay = new Map<string, Entry>();
  /** Lines of what was done that could not be written yet, by the write. */
  readonly #owed = new Map<string, string>();
  /** Interrupted writes that were reported, should they be found once more. */
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

  /** In effect from the next line on. */
  set limits(limits: AuditLogLimits) {
    this.#limits = limits;
  }

  /**
   * Takes the log, and reports in it and in the server's log what a crash has interrupted. What
   * fails is logged, and tried again when something is to be written.
   */
  async start(): Promise<void> {
    await this.#take().catch((error) => {
      observe("audit.unwritable", { file: this.#path, reason: reasonOf(error) });
    });
  }

  async begin(attempt: Attempt, credentials?: Credentials): Promise<Begun> {
    const { writeId } = attempt;
    const owed = [...this.#owed];
    this.#owed.clear();
    try {
      const { key, file } = await this.#take();
      const by = this.#limits.fingerprints ?? { of: key.fingerprint };
      const said = about(attempt, await fingerprintsOf(credentials, by));
      const entry = this.#entry("begin", said);
      await file.append([...owed.map(([, line]) => line), lineOf(entry)]);
      for (const [id] of owed) this.#underWay.delete(id);
      this.#underWay.set(writeId, entry);
      const end = (outcome: Outcome) => this.#end(file, writeId, { ...said, ...outcome });
      return { kind: "recorded", end };
    } catch (error) {
      for (const [id, line] of owed) this.#owed.set(id, line);
      const why = reasonOf(error);
      observe("audit.write_refused", { write: writeId, file: this.#path, reason: why });
      return { kind: "unwritable", why, ...error instanceof HeldByAnother ? { isHeld: true } : {} };
    }
  }

  async #end(file: GroupCommit, writeId: string, said: Partial<Entry>): Promise<void> {
    const line = lineOf(this.#entry("end", said));
    try {
      await file.append([line]);
      this.#underWay.delete(writeId);
    } catch (error) {
      this.#owed.set(writeId, line);
      observe("audit.outcome_unwritten", {
        write: writeId,
        outcome: said.outcome,
        file: this.#path,
        reason: reasonOf(error),
      });
    }
  }

  /**
   * Records what was not allowed, unless there is too much of it: then it is counted, and told with
   * the next one. It never rejects: that it cannot be recorded is logged.
   */
  async refused({ requestId, actor, isKnown = false, ...rest }: RefusedAttempt): Promise<void> {
    const leftOut = this.#refusals.admit({ ...actor, isKnown });
    if (leftOut === undefined) return;
    const { action, cluster, reason } = rest;
    const said = {
      ...{ request: requestId, who: actor.name, from: actor.from, action, cluster, reason },
      ...(leftOut > 0 ? { left_out: leftOut } : {}),
    };
    try {
      const { file } = await this.#take();
      await file.append([lineOf(this.#entry("refused", said))]);
    } catch (error) {
      this.#refusals.giveBack(leftOut + 1);
      observe("audit.refusal_unwritten", { ...said, file: this.#path, why: reasonOf(error) });
    }
  }

  /** Of a credential, by the log's own key; `undefined` when that cannot be had. */
  async fingerprint(credential: Sealed<string>): Promise<string | undefined> {
    const taken = await this.#take().catch(() => undefined);
    return taken?.key.fingerprint(credential);
  }

  /** @throws when the log cannot be read */
  async read(query: AuditQuery): Promise<AuditPage> {
    return await readAudit(this.#files, query, await this.#chainHash());
  }

  /** Lets another process have it. Called when nothing is under way. */
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
      return { why: `the key of the audit log cannot be used: ${reasonOf(error)}` };
    }
  }

  /** Has it, or takes it from now on. */
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
        ...found.map(({ time: _time, phase: _phase, ...said }) => this.#entry("interrupted", said)),
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
        observe("audit.not_rotated", { file: this.#path, reason: reasonOf(error) }),
    });
  }

  #report(entry: Entry): void {
    const { write = "", time, who, cluster, names, namespaces, more } = entry;
    const { rotation, clusters, service_accounts } = entry;
    if (this.#reported.has(write)) return;
    this.#reported.add(write);
    observe("audit.write_interrupted", {
      advice: whatToDo(entry),
      ...{ write, began: time, who, cluster, names, namespaces },
      ...(rotation ? { rotation } : {}),
      ...(clusters ? { clusters } : {}),
      ...(service_accounts ? { service_accounts } : {}),
      ...(more ? { more } : {}),
    });
  }

  #entry(phase: Entry["phase"], said: Partial<Entry>): Entry {
    return { time: this.#now().toISOString(), phase, ...said };
  }
}

/** Older files that are kept unless it is said. */
const KEPT = 10;

async function fingerprintsOf(
  credentials: Credentials | undefined,
  by: { of(value: Sealed<string>): string | Promise<string> },
): Promise<Pick<Entry, "credential" | "credentials">> {
  if (credentials === undefined) return {};
  if (credentials instanceof Sealed) return { credential: await by.of(credentials) };
  const all = await Promise.all(
    Object.entries(credentials).map(async ([place, each]) => [place, await by.of(each)]),
  );
  return { credentials: Object.fromEntries(all) };
}

/** What the next line is linked to, by the last entry that is there. */
async function endOfChain(files: LogFiles, hash: ChainHash): Promise<string> {
  for await (const line of logLines(files)) {
    if (typeof line === "string" && parseLine(line) !== undefined) return linkTo(line, hash);
  }
  return NO_LINE;
}
