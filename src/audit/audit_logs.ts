import { resolve } from "node:path";
import { AuditLog, type AuditLogOptions } from "./audit_log.ts";

/** The audit logs of a process: one a file, whichever program writes it. */
export class AuditLogs {
  readonly #logs = new Map<string, AuditLog>();
  readonly #areTaken: boolean;

  /** @param areTaken whether they are to be written: who only reads leaves them to another process */
  constructor({ areTaken = true } = {}) {
    this.#areTaken = areTaken;
  }

  /** The log at this path, which starts when it is first asked for. Its limits are the newest ones. */
  at(
    spelled: string,
    options: Pick<AuditLogOptions, "trust" | "maxSize" | "files" | "fingerprints"> = {},
  ): AuditLog {
    const path = resolve(spelled);
    const known = this.#logs.get(path);
    if (known) {
      known.limits = options;
      return known;
    }
    const log = new AuditLog(path, options);
    this.#logs.set(path, log);
    if (this.#areTaken) void log.start();
    return log;
  }

  /** Called when nothing is under way. */
  async close(): Promise<void> {
    for (const log of this.#logs.values()) await log.close();
  }
}
