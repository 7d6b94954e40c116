import assert from "node:assert/strict";
import { join } from "node:path";
import { configureLog } from "../log/logger.ts";
import { seal } from "../log/sealed.ts";
import { AuditLog } from "./audit_log.ts";
import type { Attempt } from "./entry.ts";
import { FingerprintKey } from "./fingerprint_keys.ts";
import { ownTrust } from "../files/trusted.ts";
import { type AuditEntry, parseLine } from "./entry.ts";

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

interface Place {
  readonly folder: string;
  readonly path: string;
  /** Lines of the server's log. */
  readonly logged: Record<string, unknown>[];
  /** A log that is closed at the end. */
  open(): AuditLog;
  entries(): AuditEntry[];
}

async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "audit.log");
  const logged: Place["logged"] = [];
  configureLog({ format: "json", level: "debug", write: (line) => logged.push(JSON.parse(line)) });
  const opened: AuditLog[] = [];
  let second = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++));
  try {
    await use({
      folder,
      path,
      logged,
      open() {
        const log = new AuditLog(path, { now });
        opened.push(log);
        return log;
      },
      entries: () =>
        Deno.readTextFileSync(path).trimEnd().split("\n").map((each) => parseLine(each)!.entry),
    });
  } finally {
    for (const log of opened) await log.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function begun(log: AuditLog, writeId = ATTEMPT.writeId, more: Partial<Attempt> = {}) {
  const begun = await log.begin({ ...ATTEMPT, writeId, ...more }, seal("a secret value"));
  assert.equal(begun.kind, "recorded");
  return begun;
}

const phases = (entries: readonly AuditEntry[]) =>
  entries.map(({ phase, write }) => write === undefined ? phase : `${phase} ${write}`);

Deno.test("a write has a line before and a line after it, with who did what", () =>
  withPlace(async ({ open, entries, path }) => {
    const write = await begun(open());
    const said = {
      write: "r1.12345678",
      request: "r1",
      who: "alice",
      from: "10.0.0.1",
      cluster: "c",
      kind: "docker",
      names: ["pull"],
      namespaces: ["a", "argocd"],
      upsert: true,
      force: false,
    };
    const [started, begin] = entries();
    assert.deepEqual(started, { time: "2026-01-01T00:00:00.000Z", phase: "started" });
    const { credential, ...rest } = begin!;
    assert.match(credential!, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, { time: "2026-01-01T00:00:01.000Z", phase: "begin", ...said });

    await write.end({ outcome: "mixed", counts: { created: 1, replaced: 1, unchanged: 0 } });
    assert.deepEqual(entries()[2], {
      time: "2026-01-01T00:00:02.000Z",
      phase: "end",
      ...said,
      credential,
      outcome: "mixed",
      counts: { created: 1, replaced: 1, unchanged: 0 },
    });
    assert.ok(!Deno.readTextFileSync(path).includes("secret value"));
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  }));

Deno.test("the same credential has the same fingerprint under another name and after a restart", () =>
  withPlace(async ({ open, entries }) => {
    const first = open();
    await (await begun(first, "w1")).end({ outcome: "created" });
    await first.close();
    const second = open();
    await (await begun(second, "w2", { names: ["other"] })).end({ outcome: "created" });
    const other = await second.begin({ ...ATTEMPT, writeId: "w3" }, seal("another value"));
    assert.equal(other.kind, "recorded");
    const [one, two, three] = entries().filter(({ phase }) => phase === "begin");
    assert.equal(one!.credential, two!.credential);
    assert.notEqual(one!.credential, three!.credential);
  }));

Deno.test("several credentials of one write have a fingerprint each, by registry or URL", () =>
  withPlace(async ({ open, entries, path }) => {
    const log = open();
    await begun(log, "w1");
    const several = await log.begin({ ...ATTEMPT, writeId: "w2" }, {
      "ghcr.io": seal("a secret value"),
      "registry.example:5000": seal("another secret value"),
    });
    assert.equal(several.kind, "recorded");
    const [one, two] = entries().filter(({ phase }) => phase === "begin");
    assert.equal(one!.credentials, undefined);
    assert.equal(two!.credential, undefined);
    assert.deepEqual(Object.keys(two!.credentials!), ["ghcr.io", "registry.example:5000"]);
    const [same, other] = Object.values(two!.credentials!);
    assert.equal(same, one!.credential);
    assert.match(other!, /^[0-9a-f]{16}$/);
    assert.notEqual(other, same);
    assert.ok(!Deno.readTextFileSync(path).includes("secret value"));
  }));

Deno.test("with another fingerprint key, the chain still uses the log's own key", () =>
  withPlace(async ({ open, entries, folder }) => {
    const key = new FingerprintKey(join(folder, "fingerprints.key"), ownTrust());
    const log = open();
    log.limits = { fingerprints: key };
    await begun(log, "w1");
    await log.begin({ ...ATTEMPT, writeId: "w2" }, { a: seal("a secret value"), b: seal("other") });
    const [one, two] = entries().filter(({ phase }) => phase === "begin");
    const own = await key.of(seal("a secret value"));
    assert.equal(one!.credential, own);
    assert.deepEqual(two!.credentials, { a: own, b: await key.of(seal("other")) });
    assert.notEqual(await log.fingerprint(seal("a secret value")), own);
    const { chain } = await log.read({ limit: 10 });
    assert.equal(chain.state, "unbroken");
  }));

Deno.test("a write whose fingerprint fails is not recorded, with the reason", () =>
  withPlace(async ({ open, entries, folder }) => {
    const key = new FingerprintKey(join(folder, "nowhere", "fingerprints.key"), ownTrust());
    const log = open();
    log.limits = { fingerprints: key };
    const refused = await log.begin(ATTEMPT, seal("a secret value"));
    assert.ok(refused.kind === "unwritable");
    assert.match(
      refused.why,
      /^cannot use fingerprint-key-file .*: its folder does not exist$/,
    );
    assert.deepEqual(entries().map(({ phase }) => phase), ["started"]);
    // A write without a credential needs no fingerprint.
    assert.equal((await log.begin({ ...ATTEMPT, kind: "delete" })).kind, "recorded");
  }));

Deno.test("a credential for one place is recorded with the place, as for verify", () =>
  withPlace(async ({ open, entries }) => {
    const log = open();
    await log.begin({ ...ATTEMPT, kind: "verify" }, { "a.example": seal("y") });
    assert.deepEqual(Object.keys(entries()[1]!.credentials!), ["a.example"]);
  }));

Deno.test("a rejected attempt is recorded with its reason", () =>
  withPlace(async ({ open, entries }) => {
    const { actor } = ATTEMPT;
    const action = "POST /secrets/add_docker";
    await open().refused({ requestId: "r1", actor, action, cluster: "c", reason: "not a writer" });
    const { time: _, ...rest } = entries()[1]!;
    assert.deepEqual(rest, {
      phase: "refused",
      request: "r1",
      who: "alice",
      from: "10.0.0.1",
      action,
      cluster: "c",
      reason: "not a writer",
    });
  }));

Deno.test("writes that a crash interrupted are reported once, by the next start", () =>
  withPlace(async ({ open, entries, logged }) => {
    const victim = open();
    await begun(victim, "w1", { force: true });
    await (await begun(victim, "w2")).end({ outcome: "created" });
    await begun(victim, "w3");
    await victim.close(); // as at the end of a process: nothing more is written
    assert.equal(logged.length, 0);

    const next = open();
    await next.start();
    const warnings = logged.filter(({ level }) => level === "warning");
    assert.deepEqual(
      warnings.map(({ write, cluster, names, namespaces, who, started }) => [
        write,
        cluster,
        names,
        namespaces,
        who,
        started,
      ]),
      [
        ["w1", "c", ["pull"], ["a", "argocd"], "alice", "2026-01-01T00:00:01.000Z"],
        ["w3", "c", ["pull"], ["a", "argocd"], "alice", "2026-01-01T00:00:04.000Z"],
      ],
    );
    assert.match(
      String(warnings[0]!.advice),
      /its old or its new value, or is missing because of force; .*upsert/,
    );
    assert.match(String(warnings[1]!.advice), /its old or its new value; .* upsert to complete it/);
    assert.deepEqual(phases(entries().slice(5)), ["interrupted w1", "interrupted w3", "started"]);
    await next.close();

    logged.length = 0;
    await open().start();
    assert.equal(logged.length, 0);
  }));

Deno.test("an interrupted write is reported once, however often the log cannot be written at first", () =>
  withPlace(async ({ open, path, logged }) => {
    const victim = open();
    await begun(victim, "w1");
    await victim.close();
    let isFull = true;
    const next = new AuditLog(path, {
      open: (path) => {
        if (isFull) throw new Error("No space left on device");
        return Deno.open(path, { read: true, append: true });
      },
    });
    await next.start();
    await next.start();
    isFull = false;
    await next.start();
    await next.close();
    assert.deepEqual(
      logged.filter(({ level }) => level === "warning").map(({ write }) => write),
      ["w1"],
    );
  }));

Deno.test("a start reads back to the previous start only, which has reported earlier writes", () =>
  withPlace(async ({ open, path, logged }) => {
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, 64 * 1024 ** 3); // a sparse file, which takes minutes to read
    const time = "2026-01-01T00:00:00.000Z";
    const lines = [
      { time, phase: "begin", write: "w1" },
      { time, phase: "started" },
      { time, phase: "begin", write: "w2" },
    ];
    const text = lines.map((each) => JSON.stringify(each) + "\n").join("");
    await Deno.writeTextFile(path, "\n" + text, { append: true });
    await open().start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2"]);
  }));

Deno.test("a cut begin does not count, and a cut end is an interruption", () =>
  withPlace(async ({ open, path, logged }) => {
    const victim = open();
    await (await begun(victim, "w1")).end({ outcome: "created" });
    await (await begun(victim, "w2")).end({ outcome: "created" });
    await victim.close();
    const text = Deno.readTextFileSync(path);
    const cut = text.slice(0, -30); // within the end of w2
    Deno.writeTextFileSync(
      path,
      cut + "\n" + text.split("\n")[1]!.replaceAll("w1", "w3").slice(0, 80),
    );
    const next = open();
    await next.start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2"]);
    assert.equal((await next.read({ limit: 10 })).damaged, 2);
  }));

Deno.test("while the log cannot be written, writes are rejected with the reason", () =>
  withPlace(async ({ open, path, logged, entries }) => {
    Deno.symlinkSync("/dev/full", path);
    const log = open();
    await log.start();
    assert.match(String(logged[0]!.message), /cannot write audit log: all writes rejected/);
    for (const _ of [1, 2]) {
      const refused = await log.begin(ATTEMPT);
      assert.deepEqual(refused, { kind: "unwritable", why: "No space left on device" });
    }
    await log.refused({ requestId: "r", actor: ATTEMPT.actor, action: "POST /", reason: "no" });
    assert.match(String(logged.at(-1)!.message), /cannot record rejected attempt in audit log/);
    Deno.removeSync(path);
    await begun(log);
    assert.deepEqual(phases(entries()), ["started", `begin ${ATTEMPT.writeId}`]);
  }));

Deno.test("an outcome that could not be written is written before the next write, or that write is rejected", () =>
  withPlace(async ({ open, path, logged, entries }) => {
    const log = open();
    const first = await begun(log, "w1");
    Deno.renameSync(path, `${path}.aside`);
    Deno.symlinkSync("/dev/full", path);
    await first.end({ outcome: "created" });
    assert.equal(logged.at(-1)!.level, "error");
    assert.match(String(logged.at(-1)!.message), /cannot record outcome in audit log/);
    assert.deepEqual([logged.at(-1)!.write, logged.at(-1)!.outcome], ["w1", "created"]);
    assert.equal((await log.begin({ ...ATTEMPT, writeId: "w2" })).kind, "unwritable");

    Deno.removeSync(path);
    Deno.renameSync(`${path}.aside`, path);
    await (await begun(log, "w3")).end({ outcome: "created" });
    assert.deepEqual(phases(entries()), ["started", "begin w1", "end w1", "begin w3", "end w3"]);
  }));

Deno.test("an outcome that could not be written is written when the log is closed", () =>
  withPlace(async ({ open, path, entries }) => {
    const log = open();
    const first = await begun(log, "w1");
    Deno.renameSync(path, `${path}.aside`);
    Deno.symlinkSync("/dev/full", path);
    await first.end({ outcome: "created" });
    Deno.removeSync(path);
    Deno.renameSync(`${path}.aside`, path);
    await log.close();
    assert.deepEqual(phases(entries()), ["started", "begin w1", "end w1"]);
  }));

Deno.test("a log that is moved away continues in a new file, which starts with the writes under way", () =>
  withPlace(async ({ open, path, entries, logged }) => {
    const log = open();
    const one = await begun(log, "w1");
    await begun(log, "w2");
    Deno.renameSync(path, `${path}.1`);
    await one.end({ outcome: "created" });
    // Otherwise, a crash from now on would lose the writes that started in the old file only.
    assert.deepEqual(phases(entries()), ["begin w1", "begin w2", "end w1"]);
    Deno.removeSync(path);
    await begun(log, "w3");
    assert.deepEqual(phases(entries()), ["begin w2", "begin w3"]);
    await log.close();
    await open().start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2", "w3"]);
  }));

Deno.test("a log of another server is not written, and its writes do not count as interrupted", () =>
  withPlace(async ({ open, logged, entries }) => {
    const first = open();
    const write = await begun(first, "w1");
    const second = open();
    await second.start();
    assert.match(String(logged[0]!.reason), /another process holds .*audit\.log\.key/);
    const refused = await second.begin({ ...ATTEMPT, writeId: "w2" });
    assert.equal(refused.kind, "unwritable");
    await write.end({ outcome: "created" });
    assert.deepEqual(phases(entries()), ["started", "begin w1", "end w1"]);
    await first.close();
    await begun(second, "w3");
    assert.deepEqual(phases(entries()).slice(3), ["started", "begin w3"]);
  }));

Deno.test("a missing folder is the reason", () =>
  withPlace(async () => {
    const log = new AuditLog("/no/such/folder/audit.log");
    assert.deepEqual(await log.begin(ATTEMPT), {
      kind: "unwritable",
      why: "its folder does not exist",
    });
    assert.deepEqual((await log.read({ limit: 1 })).entries, []);
    await log.close();
  }));

Deno.test("fifty concurrent writes are all recorded, each once", () =>
  withPlace(async ({ open, entries }) => {
    const log = open();
    const ids = Array.from({ length: 50 }, (_, i) => `w${i}`);
    await Promise.all(ids.map(async (id) => (await begun(log, id)).end({ outcome: "created" })));
    const found = entries();
    for (const phase of ["begin", "end"]) {
      const written = found.filter((entry) => entry.phase === phase).map(({ write }) => write);
      assert.deepEqual(written.sort(), ids.toSorted(), phase);
    }
    assert.equal(found.length, 101);
  }));
