import assert from "node:assert/strict";
import { join } from "node:path";
import { AuditLog } from "../../src/audit/audit_log.ts";
import type { Entry } from "../../src/audit/entry.ts";
import { type StoredToken, writeTokenFile } from "../../src/tokens/token_file.ts";
import { makeToken, sha256, tokensFrom } from "../../src/tokens/tokens.ts";
import { docker, get, stage } from "./support.ts";

/** Attempts that were not allowed are in the audit log, too. */

const reader = makeToken();
const other = makeToken();
const STORED: StoredToken[] = [
  { name: "reader", role: "reader", sha256: sha256(reader) },
  { name: "other", role: "admin", clusters: ["production-*"], sha256: sha256(other) },
];

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const ROWS: [what: string, headers: Record<string, string>, who: string, reason: RegExp][] = [
  ["without a token", {}, "anonymous", /^Token missing/],
  ["with an unknown token", bearer(makeToken()), "anonymous", /^The token is not known$/],
  ["of a reader", bearer(reader), "reader", /has the role reader; this needs writer$/],
  ["to another's cluster", bearer(other), "other", /is not for cluster 'test-cluster'/],
];

async function recorded(
  isWithTokens: boolean,
  request: Request,
): Promise<{ status: number; entries: Entry[] }> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "audit.log");
  const auditLog = new AuditLog(path);
  try {
    const file = join(folder, "tokens.yaml");
    await writeTokenFile(file, STORED);
    const tokens = isWithTokens ? tokensFrom({ file }) : undefined;
    const { app } = stage({ auditLog, deps: { tokens } });
    const { status, body } = await app.fetch(request, () => "192.0.2.7");
    await body?.cancel();
    const text = await Deno.readTextFile(path).catch(() => "");
    for (const secret of [reader, other]) assert.ok(!text.includes(secret));
    return { status, entries: text.split("\n").filter(Boolean).map((line) => JSON.parse(line)) };
  } finally {
    await auditLog.close();
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [what, headers, who, reason] of ROWS) {
  Deno.test(`a write ${what} is recorded as refused`, async () => {
    const request = docker({}, { ...headers, "X-Request-Id": "mine" });
    const { status, entries } = await recorded(true, request);
    assert.ok(status === 401 || status === 403);
    const [entry, ...more] = entries.filter(({ phase }) => phase !== "started");
    assert.deepEqual(more, []);
    assert.equal(entry!.phase, "refused");
    assert.deepEqual([entry!.who, entry!.from, entry!.request], [who, "192.0.2.7", "mine"]);
    assert.equal(entry!.action, "POST /secrets/add_docker");
    assert.match(entry!.reason!, reason);
    assert.equal(entry!.cluster, who === "other" ? "test-cluster" : undefined);
  });
}

Deno.test("a write of another site's page is recorded as refused", async () => {
  const { status, entries } = await recorded(false, docker({}, { Origin: "https://evil.example" }));
  assert.equal(status, 403);
  assert.deepEqual(entries.map(({ phase }) => phase), ["started", "refused"]);
});

Deno.test("a read that is refused is no attempt to write", async () => {
  const { status, entries } = await recorded(true, get("/clusters"));
  assert.equal(status, 401);
  assert.deepEqual(entries.filter(({ phase }) => phase !== "started"), []);
});
