import { join } from "node:path";
import { AuditLog } from "../../src/audit/audit_log.ts";
import { type AuditEntry, parseLine } from "../../src/audit/entry.ts";
import type { Stage } from "./stage.ts";
import { assertAbsent, CANARY } from "./support.ts";

export interface Place {
  readonly path: string;
  readonly auditLog: AuditLog;
  entries(): AuditEntry[];
}

/** An audit log in its own folder; no file may contain a password afterwards. */
export async function withLog(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "audit.log");
  const auditLog = new AuditLog(path);
  try {
    await use({
      path,
      auditLog,
      entries: () =>
        Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => parseLine(line)!.entry),
    });
  } finally {
    await auditLog.close();
    for (const { name } of Deno.readDirSync(folder)) {
      const file = join(folder, name);
      if (Deno.statSync(file).isFile) assertAbsent(Deno.readTextFileSync(file), CANARY);
    }
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sends a request; neither the response nor the log may contain a password. */
export async function send({ app, logged }: Stage, request: Request) {
  const response = await app.fetch(request);
  const text = await response.text();
  assertAbsent(text + logged.join(""), CANARY);
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}
