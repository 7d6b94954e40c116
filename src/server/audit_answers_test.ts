import assert from "node:assert/strict";
import type { AuditEntry } from "../audit/entry.ts";
import type { EntryPage } from "../audit/read.ts";
import { AuditAnswer } from "../operations/audit_answers.ts";

const place = { namespace: "a", name: "runner" };

const MORE: Required<NonNullable<AuditEntry["more"]>> = {
  service_accounts: 1,
  namespaces_created: 2,
  namespaces: 3,
  written: 4,
  credentials: 5,
  names: 6,
  refusals: 7,
  not_restored: 8,
  clusters: 9,
  replaces: 10,
  replaces_of: 11,
};

/** An entry with every field. */
const ENTRY: Required<AuditEntry> = {
  time: "2026-01-01T00:00:00.000Z",
  phase: "end",
  write: "r1.12345678",
  request: "r1",
  who: "alice",
  from: "10.0.0.1",
  cluster: "c",
  clusters: ["c", "d"],
  kind: "delete",
  rotation: "rotation-1",
  replaces: ["fedcba9876543210"],
  replaces_of: ["c"],
  about: "456789abcdef0123",
  everywhere: true,
  key: "89abcdef01234567",
  names: ["pull"],
  namespaces: ["a"],
  service_accounts: [place],
  upsert: false,
  force: false,
  dry_run: true,
  credential: "0123456789abcdef",
  credentials: { "ghcr.io": "0123456789abcdef" },
  outcome: "failed",
  counts: { deleted: 1 },
  written: ["other"],
  refusals: ["exists"],
  error: "timeout",
  safe_to_revoke: false,
  not_restored: [{ ...place, kind: "serviceaccount", state: "unknown" }],
  namespaces_created: ["a"],
  action: "DELETE /secrets",
  reason: "not a writer",
  left_out: 3,
  more: MORE,
};

Deno.test("the response schema has all fields of an audit log entry", () => {
  const chain: Required<EntryPage["chain"]> = {
    state: "broken",
    checked: 1,
    broken_at: [ENTRY.time],
    why: "no key",
  };
  const answer = { entries: [ENTRY], total: 1, truncated: false, damaged: 0, chain };
  assert.deepEqual(AuditAnswer.parse(answer), answer); // unknown fields are removed
});
