import assert from "node:assert/strict";
import { join } from "node:path";
import { configureLog } from "../log/logger.ts";
import { type Attempt, AuditLog } from "./audit_log.ts";

/** What the next start says of a write that a crash has interrupted. */

const serviceAccounts = [{ namespace: "a", name: "runner" }];

const ATTEMPT: Attempt = {
  writeId: "r1.12345678",
  requestId: "r1",
  actor: { name: "alice", from: "10.0.0.1" },
  cluster: "c",
  kind: "docker",
  names: ["pull"],
  namespaces: ["a", "argocd"],
  upsert: true,
  force: false,
};

const OLD_OR_NEW =
  "a write was interrupted: look at its secrets, each holds its old or its new value";
const UPSERT = "; sending the same request again with upsert completes it";
const THERE_OR_GONE =
  "a deletion was interrupted: look at its secrets, each is there as it was or gone";
const SAME = "; sending the same deletion again, for each of the names, completes it";

const ROWS: [what: string, attempt: Partial<Attempt>, message: string][] = [
  ["a write", {}, OLD_OR_NEW + UPSERT],
  [
    "a write with force",
    { force: true },
    `${OLD_OR_NEW} or, because of force, is missing${UPSERT}`,
  ],
  [
    "a write for service accounts",
    { serviceAccounts },
    `${OLD_OR_NEW}, and its service accounts may not use it yet${UPSERT}`,
  ],
  ["a deletion", { kind: "delete" }, THERE_OR_GONE + SAME],
  ["a deletion with force", { kind: "delete", force: true }, THERE_OR_GONE + SAME],
  [
    "a deletion of what service accounts use",
    { kind: "delete", serviceAccounts },
    `${THERE_OR_GONE}, and its service accounts may do without it already${SAME}`,
  ],
];

for (const [what, attempt, message] of ROWS) {
  Deno.test(`the next start says of ${what} what may be left, and which service accounts it had`, async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "audit.log");
    const logged: Record<string, unknown>[] = [];
    configureLog({
      format: "json",
      level: "debug",
      write: (line) => logged.push(JSON.parse(line)),
    });
    const victim = new AuditLog(path);
    const next = new AuditLog(path);
    try {
      assert.equal((await victim.begin({ ...ATTEMPT, ...attempt })).kind, "recorded");
      await victim.close(); // as the end of a process does it: nothing is written any more
      await next.start();
      assert.deepEqual(
        logged.map(({ message, service_accounts }) => [message, service_accounts]),
        [[message, attempt.serviceAccounts]],
      );
      const { entries } = await next.read({ limit: 9 });
      assert.deepEqual(entries.map(({ phase, service_accounts }) => [phase, service_accounts]), [
        ["started", undefined],
        ["interrupted", attempt.serviceAccounts],
        ["begin", attempt.serviceAccounts],
        ["started", undefined],
      ]);
    } finally {
      await next.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}
