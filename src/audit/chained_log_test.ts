import assert from "node:assert/strict";
import { join } from "node:path";
import { configureLog } from "../log/logger.ts";
import { AuditLog, type AuditLogOptions } from "./audit_log.ts";
import type { Attempt } from "./entry.ts";
import type { AuditEntry } from "./entry.ts";
import { lineOf } from "./line.ts";

/** The chain of a log's lines, from one process to the next and across its files. */

const ATTEMPT: Attempt = {
  writeId: "w1",
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
  readonly logged: Record<string, unknown>[];
  /** A log that is closed at the end. */
  open(options?: AuditLogOptions): AuditLog;
}

async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "audit.log");
  const opened: AuditLog[] = [];
  const logged: Place["logged"] = [];
  configureLog({ format: "json", level: "debug", write: (line) => logged.push(JSON.parse(line)) });
  const open = (options: AuditLogOptions = {}) => {
    const log = new AuditLog(path, options);
    opened.push(log);
    return log;
  };
  try {
    await use({ folder, path, open, logged });
  } finally {
    for (const log of opened) await log.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function begun(log: AuditLog, writeId: string) {
  const begun = await log.begin({ ...ATTEMPT, writeId });
  assert.equal(begun.kind, "recorded");
  return begun;
}

/** Writes with begin and end, one after the other. */
async function write(log: AuditLog, ...ids: string[]): Promise<void> {
  for (const id of ids) await (await begun(log, id)).end({ outcome: "created" });
}

const chainOf = async (log: AuditLog) => (await log.read({ limit: 1000 })).chain;

const ids = (count: number, name = "w") => Array.from({ length: count }, (_, i) => `${name}${i}`);

const textOf = ({ phase, write }: AuditEntry) => write === undefined ? phase : `${phase} ${write}`;

/** All entries of a log, oldest first. */
async function textsOf(log: AuditLog): Promise<string[]> {
  return (await log.read({ limit: 1000 })).entries.map(textOf).reverse();
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("the chain continues across processes and with concurrent writes", () =>
  withPlace(async ({ open }) => {
    for (const name of ["a", "b", "c"]) {
      const log = open();
      await Promise.all(ids(20, name).map((id) => write(log, id)));
      await log.close();
    }
    // Three times `started`, and the first line follows none.
    assert.deepEqual(await chainOf(open()), { state: "unbroken", checked: 3 * 41 - 1 });
  }));

Deno.test("a log of an earlier version continues, and is chained from then on", () =>
  withPlace(async ({ open, path }) => {
    const time = "2026-01-01T00:00:00.000Z";
    const old: AuditEntry[] = [{ time, phase: "started" }, { time, phase: "begin", write: "w1" }];
    await Deno.writeTextFile(path, old.map((each) => lineOf(each) + "\n").join(""));
    const log = open();
    assert.deepEqual(await chainOf(log), { state: "unchained", checked: 0 });
    await log.start();
    assert.deepEqual(await chainOf(log), { state: "unbroken", checked: 2 });
    assert.deepEqual((await textsOf(log)).slice(0, 3), ["started", "begin w1", "interrupted w1"]);
  }));

const CUTS: [what: string, cut: (text: string) => string, damaged: number][] = [
  ["in the middle of its last line", (text) => text.slice(0, -60), 1],
  ["in the link of its last line", (text) => text.slice(0, -10), 1],
  ["before the end of its last line", (text) => text.slice(0, -1), 0],
  ["after its last line", (text) => text, 0],
  ["after the first character of a line", (text) => text + "{", 1],
  ["with zeros at its end", (text) => text + "\0\0\0", 1],
];

for (const [what, cut, damaged] of CUTS) {
  Deno.test(`a log that a crash has cut ${what} is unbroken`, () =>
    withPlace(async ({ open, path }) => {
      const victim = open();
      await write(victim, "w1", "w2");
      await victim.close();
      await Deno.writeTextFile(path, cut(await Deno.readTextFile(path)));
      const next = open();
      await write(next, "w3");
      const { chain, damaged: found } = await next.read({ limit: 1000 });
      assert.deepEqual([chain.state, chain.broken_at, found], ["unbroken", undefined, damaged]);
    }));
}

const SPOILS: [what: string, spoil: (lines: string[]) => string[]][] = [
  ["removes a line", (lines) => lines.toSpliced(2, 1)],
  ["cuts off the last line", (lines) => lines.slice(0, -1)],
  [
    "changes the last line",
    (lines) => lines.with(-1, lines.at(-1)!.replace('"outcome":"created"', '"outcome":"failed"')),
  ],
  ["adds a line", (lines) => [...lines, lines[1]!]],
];

for (const [what, spoil] of SPOILS) {
  Deno.test(`somebody who ${what} while it is written is detected`, () =>
    withPlace(async ({ open, path }) => {
      const log = open();
      await write(log, "w1", "w2");
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
      await Deno.writeTextFile(path, spoil(lines).map((line) => line + "\n").join(""));
      await write(log, "w3");
      const { state, broken_at = [] } = await chainOf(log);
      assert.deepEqual([state, broken_at.length > 0], ["broken", true]);
    }));
}

Deno.test("removing all older lines is not detected, like removing the oldest file", () =>
  withPlace(async ({ open, path }) => {
    const log = open();
    await write(log, "w1", "w2");
    await Deno.truncate(path);
    await write(log, "w3");
    assert.deepEqual(await chainOf(log), { state: "unbroken", checked: 1 });
  }));

Deno.test("a log that is moved to the name of an older file continues after it", () =>
  withPlace(async ({ open, path }) => {
    const log = open();
    await write(log, "w1", "w2");
    await Deno.rename(path, `${path}.1`); // as other programs do
    await write(log, "w3");
    assert.deepEqual(await chainOf(log), { state: "unbroken", checked: 6 });
  }));

Deno.test("a change of the last line while nobody writes the log is detected when it continues", () =>
  withPlace(async ({ open, path }) => {
    const first = open();
    await write(first, "w1");
    await first.close();
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"outcome":"created"', '"outcome":"failed"'));
    const next = open();
    await write(next, "w2");
    const { entries, chain } = await next.read({ limit: 1000 });
    const changed = entries.find(({ phase, write }) => phase === "end" && write === "w1")!;
    assert.equal(changed.outcome, "failed");
    assert.deepEqual([chain.state, chain.broken_at], ["broken", [changed.time]]);
  }));

Deno.test("a partial line left by a full disk does not break the chain", () =>
  withPlace(async ({ open, path }) => {
    let room = Infinity;
    const log = open({
      open: async (path) => {
        const file = await Deno.open(path, { read: true, append: true, create: true });
        return {
          stat: () => file.stat(),
          read: (into) => file.read(into),
          seek: (offset, whence) => file.seek(offset, whence),
          syncData: () => file.syncData(),
          truncate: () => Promise.reject(new Error("Operation not permitted")), // as with chattr +a
          write: async (bytes) => {
            if (room === 0) throw new Error("No space left on device");
            const taken = await file.write(bytes.subarray(0, Math.min(room, bytes.length)));
            room -= taken;
            return taken;
          },
          [Symbol.dispose]: () => file.close(),
        };
      },
    });
    await write(log, "w1");
    const one = await begun(log, "w2");
    const line = (await Deno.readTextFile(path)).trimEnd().split("\n").at(-1)!.length + 1;
    // The end alone; of two lines written together, one and a part of the other.
    room = line + ',"outcome":"created"'.length + line + 60;
    const [, ...refused] = await Promise.all([
      one.end({ outcome: "created" }),
      log.begin({ ...ATTEMPT, writeId: "w3" }),
      log.begin({ ...ATTEMPT, writeId: "w4" }),
    ]);
    assert.deepEqual(refused.map(({ kind }) => kind), ["unwritable", "unwritable"]);
    room = Infinity;
    await write(log, "w5");
    assert.ok((await textsOf(log)).includes("begin w3"));
    const { chain, damaged } = await log.read({ limit: 1000 });
    assert.equal(damaged, 1, await Deno.readTextFile(path));
    assert.deepEqual([chain.state, chain.broken_at], ["unbroken", undefined]);
  }));

Deno.test("a full log is rotated, old files are kept, and all are read as one", () =>
  withPlace(async ({ open, folder, path }) => {
    const log = open({ maxSize: 2000, files: 3 });
    await write(log, ...ids(40));
    assert.deepEqual(namesIn(folder), [
      "audit.log",
      "audit.log.1",
      "audit.log.2",
      "audit.log.3",
      "audit.log.key",
    ]);
    for (const name of ["", ".1", ".2", ".3"]) {
      const { size, mode } = await Deno.stat(path + name);
      assert.ok(size <= 2000, `${name}: ${size}`);
      assert.equal(mode! & 0o777, 0o600, name);
    }
    const all = ids(40).flatMap((id) => [`begin ${id}`, `end ${id}`]);
    const found = await textsOf(log);
    assert.ok(found.length > 10, `${found.length}`);
    assert.deepEqual(found, all.slice(-found.length));
    const lines = ["", ".1", ".2", ".3"]
      .flatMap((name) => Deno.readTextFileSync(path + name).trimEnd().split("\n"));
    assert.deepEqual(await chainOf(log), { state: "unbroken", checked: lines.length - 1 });
    const { entries, truncated } = await log.read({ limit: found.length - 1 });
    assert.deepEqual([entries.length, truncated], [found.length - 1, true]);
  }));

Deno.test("a missing file between others is a detected gap", () =>
  withPlace(async ({ open, path }) => {
    const log = open({ maxSize: 2000, files: 9 });
    await write(log, ...ids(12));
    const before = await textsOf(log);
    await Deno.remove(`${path}.2`);
    const { chain, entries } = await log.read({ limit: 1000 });
    const [first] = JSON.parse(`[${(await Deno.readTextFile(`${path}.1`)).split("\n")[0]}]`);
    assert.deepEqual([chain.state, chain.broken_at], ["broken", [first.time]]);
    assert.ok(entries.length < before.length);
  }));

Deno.test("a write under way across several files is one write, and is reported after a crash", () =>
  withPlace(async ({ open, logged }) => {
    const options = { maxSize: 2000, files: 9 };
    const victim = open(options);
    await begun(victim, "long");
    await write(victim, ...ids(15));
    await victim.close(); // as at the end of a process: nothing more is written
    const next = open(options);
    await next.start();
    assert.deepEqual(logged.map(({ write }) => write), ["long"]);
    const found = (await textsOf(next)).filter((text) => text.endsWith("long"));
    assert.deepEqual(found, ["begin long", "interrupted long"]);
    assert.equal((await chainOf(next)).state, "unbroken");
  }));

Deno.test("writes under way that fill a file by themselves do not rotate it with each line", () =>
  withPlace(async ({ open, folder }) => {
    const log = open({ maxSize: 2000, files: 50 });
    for (const id of ids(20, "long")) await begun(log, id);
    const before = namesIn(folder).length;
    await write(log, ...ids(4));
    assert.ok(namesIn(folder).length <= before + 2, `${namesIn(folder)}`);
  }));

Deno.test("an unwritten end at a rotation is reported after a crash, and written without one", () =>
  withPlace(async ({ open, logged, path }) => {
    let isFull = false;
    const options: AuditLogOptions = {
      maxSize: 2000,
      files: 9,
      open: (path) => {
        if (isFull) return Promise.reject(new Error("No space left on device"));
        return Deno.open(path, { read: true, append: true, create: true, mode: 0o600 });
      },
    };
    const log = open(options);
    const one = await begun(log, "w1");
    isFull = true;
    await one.end({ outcome: "created" });
    isFull = false;
    // The end stays unwritten until the next write starts; refusals fill the file meanwhile.
    const { actor } = ATTEMPT;
    for (let i = 0; i < 10; i++) {
      await log.refused({ requestId: "r", actor, action: "POST /", reason: "x".repeat(300) });
    }
    assert.ok((await Deno.readTextFile(path)).includes('"carried":true'));
    assert.deepEqual((await textsOf(log)).filter((text) => text.endsWith("w1")), ["begin w1"]);
    await begun(log, "w2");
    assert.deepEqual((await textsOf(log)).filter((text) => text.endsWith("w1")), [
      "begin w1",
      "end w1",
    ]);
    logged.length = 0;
    await log.close();
    await open(options).start();
    assert.deepEqual(logged.map(({ write }) => write), ["w2"]);
  }));

Deno.test("a log that cannot be renamed grows, which is logged", () =>
  withPlace(async ({ open, path, logged, folder }) => {
    const log = open({
      maxSize: 1000,
      files: 2,
      rename: () => Promise.reject(new Deno.errors.PermissionDenied("no")),
    });
    await write(log, ...ids(10));
    assert.deepEqual(namesIn(folder), ["audit.log", "audit.log.key"]);
    assert.ok((await Deno.stat(path)).size > 1000);
    assert.equal((await textsOf(log)).length, 21);
    assert.deepEqual(logged.map(({ message, level }) => [level, message]), [
      ["error", "cannot rotate audit log: it keeps growing"],
    ]);
  }));

Deno.test("another size and number of files take effect with the next line", () =>
  withPlace(async ({ open, folder }) => {
    const log = open();
    await write(log, ...ids(20));
    assert.deepEqual(namesIn(folder), ["audit.log", "audit.log.key"]);
    log.limits = { maxSize: 2000, files: 1 };
    await write(log, ...ids(20, "x"));
    assert.deepEqual(namesIn(folder), ["audit.log", "audit.log.1", "audit.log.key"]);
  }));

for (
  const [what, spoil] of [
    ["that everyone may write to", (path: string) => Deno.chmodSync(path, 0o666)],
    ["that is a link", (path: string) => {
      Deno.renameSync(path, `${path}.aside`);
      Deno.symlinkSync(`${path}.aside`, path);
    }],
    ["that is a pipe", (path: string) => {
      Deno.removeSync(path);
      new Deno.Command("mkfifo", { args: [path] }).outputSync();
    }],
  ] as const
) {
  Deno.test(`an older file ${what} is not read, and prevents no write`, () =>
    withPlace(async ({ open, path }) => {
      const log = open({ maxSize: 2000, files: 9 });
      await write(log, ...ids(12));
      spoil(`${path}.2`);
      await assert.rejects(log.read({ limit: 1000 }), { name: "NotTrusted" });
      assert.equal((await log.read({ limit: 2 })).entries.length, 2);
      await write(log, ...ids(12, "x"));
      await log.close();
      await write(open({ maxSize: 2000, files: 9 }), "y");
    }));
}

Deno.test("during rotations a reader gets each entry exactly once", () =>
  withPlace(async ({ open }) => {
    const log = open({ maxSize: 1500, files: 60 });
    const reader = open({ maxSize: 1500, files: 60 });
    await write(log, ...ids(10, "first"));
    const first = ids(10, "first").flatMap((id) => [`begin ${id}`, `end ${id}`]);
    let isDone = false;
    const reading = (async () => {
      let times = 0;
      for (; !isDone; times++) {
        const { entries, chain } = await reader.read({ limit: 1000 });
        const texts = entries.map(textOf);
        assert.deepEqual(texts.filter((text, i) => texts.indexOf(text) !== i), []);
        assert.deepEqual(first.filter((text) => !texts.includes(text)), []);
        assert.notEqual(chain.state, "broken");
      }
      return times;
    })();
    await write(log, ...ids(60));
    isDone = true;
    assert.ok(await reading > 3);
  }));

Deno.test("the number of omitted attempts is written when the log is closed, at the latest", () =>
  withPlace(async ({ open }) => {
    const log = open();
    const { actor } = ATTEMPT;
    for (let i = 0; i < 12; i++) {
      await log.refused({ requestId: "r", actor, action: "POST /", reason: "no" });
    }
    await log.close();
    const { entries: [last, ...others] } = await open().read({ limit: 100 });
    assert.deepEqual([last!.phase, last!.who, last!.left_out], ["refused", undefined, 2]);
    assert.equal(others.filter(({ phase }) => phase === "refused").length, 10);
  }));
