import assert from "node:assert/strict";
import { join } from "node:path";
import { configureLog } from "../log/logger.ts";
import { AuditLog } from "./audit_log.ts";
import type { Attempt, AuditEntry } from "./entry.ts";
import { LONGEST_LINE } from "./line.ts";

/** The next start's report of a write that a crash has interrupted. */

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

const OLD_OR_NEW = "each secret has its old or its new value";
const OR_MISSING = ", or is missing because of force";
const UPSERT = "; send the same request again with upsert to complete it";
const UNCHANGED_OR_DELETED = "each secret is unchanged or deleted";
const SAME = "; send the same delete again for each of the names to complete it";
const CONTINUE = "; send the same request again to continue";

const ROWS: [what: string, attempt: Partial<Attempt>, advice: string][] = [
  ["a write", {}, OLD_OR_NEW + UPSERT],
  [
    "a write with force",
    { force: true },
    OLD_OR_NEW + OR_MISSING + UPSERT,
  ],
  [
    "a write for service accounts",
    { serviceAccounts },
    `${OLD_OR_NEW}, and service accounts may not use it yet${UPSERT}`,
  ],
  ["a deletion", { kind: "delete" }, UNCHANGED_OR_DELETED + SAME],
  ["a deletion with force", { kind: "delete", force: true }, UNCHANGED_OR_DELETED + SAME],
  [
    "a deletion of secrets that service accounts use",
    { kind: "delete", serviceAccounts },
    `${UNCHANGED_OR_DELETED}, and service accounts may have lost it already${SAME}`,
  ],
  ["a rotation on one cluster", { kind: "rotate" }, OLD_OR_NEW + CONTINUE],
  [
    "a rotation on one cluster with force",
    { kind: "rotate", force: true },
    OLD_OR_NEW + OR_MISSING + CONTINUE,
  ],
  [
    "a rotation as a whole",
    { kind: "rotate", cluster: undefined, clusters: ["a", "b"], force: true },
    "see the entries of its clusters" + CONTINUE,
  ],
];

interface Place {
  readonly path: string;
  /** Lines of the server's log. */
  readonly logged: Record<string, unknown>[];
  /** A log that is closed at the end. */
  open(): AuditLog;
}

async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "audit.log");
  const opened: AuditLog[] = [];
  const logged: Place["logged"] = [];
  configureLog({ format: "json", level: "debug", write: (line) => logged.push(JSON.parse(line)) });
  const open = () => {
    const log = new AuditLog(path);
    opened.push(log);
    return log;
  };
  try {
    await use({ path, logged, open });
  } finally {
    for (const log of opened) await log.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function begun(log: AuditLog, attempt: Partial<Attempt>) {
  const begun = await log.begin({ ...ATTEMPT, ...attempt });
  assert.equal(begun.kind, "recorded");
  return begun;
}

const textOf = ({ phase, write }: AuditEntry) => write === undefined ? phase : `${phase} ${write}`;

Deno.test("of one request's writes to two clusters, only the unfinished one is reported", () =>
  withPlace(async ({ open, logged }) => {
    for (const [first, second] of [["a", "b"], ["b", "a"]] as const) {
      logged.length = 0;
      const victim = open();
      const writes = ["a", "b"].map((cluster) =>
        begun(victim, { cluster, writeId: `r1.${cluster}-before-${second}` })
      );
      const [a, b] = await Promise.all(writes);
      await (first === "a" ? a! : b!).end({ outcome: "created" });
      await victim.close(); // as at the end of a process: nothing more is written

      const next = open();
      await next.start();
      const written = `r1.${second}-before-${second}`;
      assert.deepEqual(logged.map(({ cluster, write }) => [cluster, write]), [[second, written]]);
      const { entries } = await next.read({ limit: 100 });
      const interrupted = entries.filter(({ phase }) => phase === "interrupted");
      assert.deepEqual(
        interrupted.filter(({ write }) => write === written)
          .map(({ cluster, request }) => [cluster, request]),
        [[second, "r1"]],
      );
      await next.close();
    }
  }));

const NO_WRITES: [what: string, attempt: Partial<Attempt>, said: Partial<AuditEntry>][] = [
  ["a dry run", { dryRun: true }, { kind: "docker", dry_run: true }],
  ["a dry run of a deletion", { dryRun: true, kind: "delete" }, { kind: "delete", dry_run: true }],
  [
    "the verification of a credential",
    { kind: "verify", cluster: undefined, names: [], namespaces: [] },
    { kind: "verify" },
  ],
  ...["find", "check"].map((kind): typeof NO_WRITES[number] => [
    `a ${kind}`,
    { kind, cluster: undefined, clusters: ["a", "b"], names: [], namespaces: [] },
    { kind, clusters: ["a", "b"] },
  ]),
];

for (const [what, attempt, said] of NO_WRITES) {
  Deno.test(`${what} is recorded with begin and end, and not reported after a crash`, () =>
    withPlace(async ({ open, logged }) => {
      const victim = open();
      await (await begun(victim, { ...attempt, writeId: "w1" })).end({ outcome: "created" });
      await begun(victim, { ...attempt, writeId: "w2" });
      await begun(victim, { writeId: "w3" });
      await victim.close();
      const next = open();
      await next.start();
      assert.deepEqual(logged.map(({ write }) => write), ["w3"]);
      const { entries } = await next.read({ limit: 100 });
      assert.deepEqual(entries.map(textOf).reverse(), [
        ...["started", "begin w1", "end w1", "begin w2", "begin w3"],
        ...["interrupted w3", "started"],
      ]);
      for (const { kind, dry_run, write } of entries.filter(({ write }) => write! < "w3")) {
        assert.deepEqual([kind, dry_run], [said.kind, said.dry_run], write!);
      }
    }));
}

Deno.test("lines of an earlier version are read, and their unfinished writes are reported", () =>
  withPlace(async ({ open, path, logged }) => {
    const time = "2026-01-01T00:00:00.000Z";
    const { requestId: request, actor: { name: who, from }, ...rest } = ATTEMPT;
    const { cluster, kind, names, namespaces, upsert, force } = rest;
    const said = { request, who, from, cluster, kind, names, namespaces, upsert, force };
    const old = [
      { time, phase: "started" },
      { time, phase: "begin", write: "w1", ...said, credential: "0f".repeat(8) },
      { time, phase: "end", write: "w1", ...said, credential: "0f".repeat(8), outcome: "created" },
      { time, phase: "begin", write: "w2", ...said },
      { time, phase: "refused", request, who, from, action: "POST /", reason: "no", left_out: 3 },
    ];
    await Deno.writeTextFile(path, old.map((each) => JSON.stringify(each) + "\n").join(""));
    const log = open();
    await log.start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2"]);
    const { entries, damaged } = await log.read({ limit: 100 });
    assert.deepEqual(entries.slice(2).reverse(), old);
    assert.deepEqual([entries.length, damaged], [7, 0]);
  }));

for (const [what, attempt, advice] of ROWS) {
  Deno.test(`for ${what}, the next start logs the possible state of its secrets, and its service accounts`, () =>
    withPlace(async ({ open, logged }) => {
      const victim = open();
      await begun(victim, attempt);
      await victim.close(); // as at the end of a process: nothing more is written
      const next = open();
      await next.start();
      assert.deepEqual(
        logged.map(({ message, kind, advice, service_accounts }) => [
          message,
          kind,
          advice,
          service_accounts,
        ]),
        [[
          "write interrupted by a crash",
          attempt.kind ?? "docker",
          advice,
          attempt.serviceAccounts,
        ]],
      );
      const { entries } = await next.read({ limit: 9 });
      assert.deepEqual(entries.map(({ phase, service_accounts }) => [phase, service_accounts]), [
        ["started", undefined],
        ["interrupted", attempt.serviceAccounts],
        ["begin", attempt.serviceAccounts],
        ["started", undefined],
      ]);
    }));
}

Deno.test("a write that does not fit in a line is listed, and reported after a crash", () =>
  withPlace(async ({ open, path, logged }) => {
    const namespaces = Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(63, "n"));
    const names = Array.from({ length: 10 }, (_, i) => `${i}`.padStart(253, "n"));
    const accounts = namespaces.flatMap((namespace) => names.map((name) => ({ namespace, name })));
    const attempt = { namespaces, serviceAccounts: accounts };
    const victim = open();
    await (await begun(victim, { ...attempt, writeId: "w1" })).end({ outcome: "created" });
    await begun(victim, { ...attempt, writeId: "w2" });
    await victim.close(); // as at the end of a process: nothing more is written

    const next = open();
    await next.start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2"]);
    const { entries, damaged, chain } = await next.read({ limit: 9 });
    assert.deepEqual(entries.map(textOf).reverse(), [
      ...["started", "begin w1", "end w1", "begin w2", "interrupted w2", "started"],
    ]);
    assert.deepEqual([damaged, chain], [0, { state: "unbroken", checked: 5 }]);
    for (const entry of entries.filter(({ write }) => write !== undefined)) {
      const { service_accounts = [], more } = entry;
      assert.deepEqual(entry.namespaces, namespaces);
      assert.deepEqual(service_accounts, accounts.slice(0, service_accounts.length));
      assert.deepEqual(more, { service_accounts: 10_000 - service_accounts.length });
      assert.ok(service_accounts.length > 0);
    }
    assert.deepEqual(logged[0]!.more, entries[1]!.more);
    const lines = (await Deno.readTextFile(path)).split("\n");
    assert.ok(lines.every(({ length }) => length < LONGEST_LINE), `${lines.map((l) => l.length)}`);
  }));
