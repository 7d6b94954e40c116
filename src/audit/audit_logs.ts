import { resolve } from "node:path";
import { AuditLog, type AuditLogOptions } from "./audit_log.ts";

/** The audit logs of this process, one for each file. */
export class AuditLogs {
  readonly #logs = new Map<string, AuditLog>();
  readonly #areTaken: boolean;

  /** @param areTaken whether this process writes the logs; otherwise another process can */
  constructor({ areTaken = true } = {}) {
    this.#areTaken = areTaken;
  }

  /** Returns the log at this path, with these limits. The first call starts it. */
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

  /** Call when no write is under way. */
  async close(): Promise<void> {
    for (const log of this.#logs.values()) await log.close();
  }
}
