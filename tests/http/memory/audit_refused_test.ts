import assert from "node:assert/strict";
import { join } from "node:path";
import { AuditLog } from "../../../src/audit/audit_log.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { type StoredToken, writeTokenFile } from "../../../src/tokens/token_file.ts";
import { makeToken, sha256, tokensFrom } from "../../../src/tokens/tokens.ts";
import { remove, repo, show, verification } from "../requests.ts";
import { stage } from "../stage.ts";
import { docker, get } from "../support.ts";

/** Refused attempts are audited, too. */

const reader = makeToken();
const other = makeToken();
const STORED: StoredToken[] = [
  { name: "reader", role: "reader", sha256: sha256(reader) },
  { name: "other", role: "admin", clusters: ["production-*"], sha256: sha256(other) },
];

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const ROWS: [what: string, headers: Record<string, string>, who: string, reason: RegExp][] = [
  ["without a token", {}, "anonymous", /^Token missing/],
  [
    "with an unknown token",
    bearer(makeToken()),
    "anonymous",
    /^Unknown token\. It was mistyped or removed, or belongs to another server$/,
  ],
  [
    "by a reader",
    bearer(reader),
    "reader",
    /has role reader\. This operation requires role writer$/,
  ],
  [
    "to a cluster outside the token's",
    bearer(other),
    "other",
    /is not allowed on cluster 'test-cluster'/,
  ],
];

async function recorded(
  isWithTokens: boolean,
  request: Request,
): Promise<{ status: number; entries: AuditEntry[] }> {
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

type Make = (headers: Record<string, string>) => Request;

/** The writing requests, as the audit log names them. */
const WRITES: [action: string, make: Make][] = [
  ["POST /secrets/add_docker", (headers) => docker({}, headers)],
  ["POST /secrets/add_repo", (headers) => repo({}, headers)],
  ["DELETE /secrets", (headers) => remove({}, headers)],
];

for (const [what, headers, who, reason, action, make] of each(ROWS, WRITES)) {
  Deno.test(`${action} ${what} is audited as refused`, async () => {
    const request = make({ ...headers, "X-Request-Id": "mine" });
    const { status, entries } = await recorded(true, request);
    assert.ok(status === 401 || status === 403);
    const [entry, ...more] = entries.filter(({ phase }) => phase !== "started");
    assert.deepEqual(more, []);
    assert.equal(entry!.phase, "refused");
    assert.deepEqual([entry!.who, entry!.from, entry!.request], [who, "192.0.2.7", "mine"]);
    assert.equal(entry!.action, action);
    assert.match(entry!.reason!, reason);
    assert.equal(entry!.cluster, who === "other" ? "test-cluster" : undefined);
  });
}

/** Each row with each write. */
function each<Row extends unknown[], Write extends unknown[]>(rows: Row[], writes: Write[]) {
  return rows.flatMap((row) => writes.map((write): [...Row, ...Write] => [...row, ...write]));
}

Deno.test("a verification without the required role is audited as refused, too", async () => {
  const { status, entries } = await recorded(true, verification({}, bearer(reader)));
  assert.equal(status, 403);
  assert.deepEqual(entries.map(({ phase, action }) => [phase, action]), [
    ["started", undefined],
    ["refused", "POST /secrets/verify"],
  ]);
});

for (const [action, make] of WRITES) {
  Deno.test(`${action} from another site's page is audited as refused`, async () => {
    const { status, entries } = await recorded(false, make({ Origin: "https://evil.example" }));
    assert.equal(status, 403);
    assert.deepEqual(entries.map(({ phase, action }) => [phase, action]), [
      ["started", undefined],
      ["refused", action],
    ]);
  });
}

Deno.test("at most ten refusals a minute per name and address are audited, with the number left out", async () => {
  const folder = await Deno.makeTempDir();
  const auditLog = new AuditLog(join(folder, "audit.log"));
  const realNow = Date.now;
  let now = realNow();
  Date.now = () => now;
  try {
    const file = join(folder, "tokens.yaml");
    await writeTokenFile(file, STORED);
    const { app } = stage({ auditLog, deps: { tokens: tokensFrom({ file }) } });
    const send = async (token: string, address: string, times: number) => {
      for (let i = 0; i < times; i++) {
        const { status, body } = await app.fetch(docker({}, bearer(token)), () => address);
        await body?.cancel();
        assert.equal(status, 403);
      }
    };
    await send(reader, "192.0.2.7", 25);
    await send(reader, "192.0.2.8", 1);
    await send(other, "192.0.2.7", 1);
    now += 60_000;
    await send(reader, "192.0.2.7", 2);
    const { entries } = await auditLog.read({ limit: 100 });
    const refused = entries.toReversed().filter(({ phase }) => phase === "refused");
    assert.deepEqual(refused.map(({ who, from, left_out }) => [who, from, left_out]), [
      ...Array(10).fill(["reader", "192.0.2.7", undefined]),
      // The number is added to the next audited refusal, whoever causes it.
      ["reader", "192.0.2.8", 15],
      ["other", "192.0.2.7", undefined],
      ["reader", "192.0.2.7", undefined],
      ["reader", "192.0.2.7", undefined],
    ]);
  } finally {
    Date.now = realNow;
    await auditLog.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("refusals of anonymous callers are capped over all addresses, without dropping those of token holders", async () => {
  const folder = await Deno.makeTempDir();
  const auditLog = new AuditLog(join(folder, "audit.log"));
  try {
    const file = join(folder, "tokens.yaml");
    await writeTokenFile(file, STORED);
    const { app } = stage({ auditLog, deps: { tokens: tokensFrom({ file }) } });
    for (let i = 0; i < 100; i++) {
      const { body } = await app.fetch(docker(), () => `2001:db8:0:${i.toString(16)}::1`);
      await body?.cancel();
    }
    const { body } = await app.fetch(docker({}, bearer(reader)), () => "192.0.2.7");
    await body?.cancel();
    const { entries } = await auditLog.read({ limit: 1000 });
    const [newest, ...older] = entries.filter(({ phase }) => phase === "refused");
    assert.deepEqual([newest!.who, newest!.left_out], ["reader", 70]);
    assert.deepEqual(older.map(({ who }) => who), Array(30).fill("anonymous"));
  } finally {
    await auditLog.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("repeated writes from a foreign page leave ten audit lines", async () => {
  const folder = await Deno.makeTempDir();
  const auditLog = new AuditLog(join(folder, "audit.log"));
  try {
    const { app } = stage({ auditLog });
    for (let i = 0; i < 20; i++) {
      const request = docker({}, { Origin: "https://evil.example" });
      const { status, body } = await app.fetch(request, () => "127.0.0.1");
      await body?.cancel();
      assert.equal(status, 403);
    }
    const { entries } = await auditLog.read({ limit: 100 });
    assert.equal(entries.filter(({ phase }) => phase === "refused").length, 10);
  } finally {
    await auditLog.close();
    await Deno.remove(folder, { recursive: true });
  }
});

for (const [what, request] of [["clusters", get("/clusters")], ["a secret", show("x")]] as const) {
  Deno.test(`a refused read of ${what} is not audited as a write`, async () => {
    const { status, entries } = await recorded(true, request.clone());
    assert.equal(status, 401);
    assert.deepEqual(entries.filter(({ phase }) => phase !== "started"), []);
  });
}
