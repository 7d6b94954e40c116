import assert from "node:assert/strict";
import { join } from "node:path";
import { openOwn } from "../files/open.ts";
import { configureLog } from "../log/logger.ts";
import { AuditLog } from "./audit_log.ts";
import type { Attempt } from "./entry.ts";
import type { AuditEntry } from "./entry.ts";
import type { AppendFile } from "./group_commit.ts";

/** A log that rotates is killed between any two of its steps. */

const OPTIONS = { maxSize: 1500, files: 30 };

/** A process that is killed before step `last`: from then on nothing reaches the disk. */
class Victim {
  steps = 0;
  renames = 0;
  readonly #last: number;

  constructor(last = Infinity) {
    this.#last = last;
  }

  get isDead(): boolean {
    return this.steps > this.#last;
  }

  #step(): void {
    this.steps++;
    if (this.isDead) throw new Error("killed");
  }

  logAt(path: string): AuditLog {
    return new AuditLog(path, {
      ...OPTIONS,
      open: (path, trust) => {
        this.#step();
        return Promise.resolve(this.#watched(openOwn(path, trust, { read: true, append: true })));
      },
      rename: async (from, to) => {
        this.#step();
        this.renames++;
        await Deno.rename(from, to);
      },
    });
  }

  #watched(file: Deno.FsFile): AppendFile {
    let isFirst = true;
    return {
      stat: () => file.stat(),
      read: (into) => file.read(into),
      seek: (offset, whence) => file.seek(offset, whence),
      truncate: async (length) => {
        this.#step();
        await file.truncate(length);
      },
      // In two pieces, so that a line is cut.
      write: async (bytes) => {
        this.#step();
        const taken = isFirst ? Math.ceil(bytes.length / 2) : bytes.length;
        isFirst = false;
        return await file.write(bytes.subarray(0, taken));
      },
      syncData: () => {
        this.#step();
        return Promise.resolve();
      },
      [Symbol.dispose]: () => file.close(),
    };
  }
}

const attempt = (writeId: string): Attempt => ({
  writeId,
  requestId: "r1",
  actor: { name: "ci", from: "192.0.2.1" },
  cluster: "c",
  kind: "docker",
  names: ["pull"],
  namespaces: ["a", "argocd"],
  upsert: true,
  force: false,
});

/** Sequential and concurrent writes, and one during all of them; returns the acknowledged ones. */
async function write(victim: Victim, log: AuditLog): Promise<Set<string>> {
  const said = new Set<string>();
  const begin = async (id: string) => {
    const begun = await log.begin(attempt(id));
    if (begun.kind === "unwritable") return undefined;
    said.add(`begin ${id}`);
    return async () => {
      await begun.end({ outcome: "created" });
      if (!victim.isDead) said.add(`end ${id}`);
    };
  };
  const long = await begin("long");
  for (let i = 0; i < 4; i++) {
    const ends = await Promise.all([begin(`a${i}`), begin(`b${i}`)]);
    await ends[0]?.();
    await ends[1]?.();
  }
  await long?.();
  return said;
}

async function withLog(use: (path: string, logged: string[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const logged: string[] = [];
  configureLog({ format: "json", level: "warning", write: (line) => logged.push(line) });
  try {
    await use(join(folder, "audit.log"), logged);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const textOf = ({ phase, write }: AuditEntry) => write === undefined ? phase : `${phase} ${write}`;

/** Checks the log that the next process finds. */
async function assertWhole(path: string, said: ReadonlySet<string>, logged: string[], at: string) {
  logged.length = 0;
  const next = new AuditLog(path, OPTIONS);
  await next.start();
  const { entries, chain } = await next.read({ limit: 1000 });
  await next.close();
  const lines = entries.map(textOf).filter((text) => text !== "started");
  assert.deepEqual(lines.filter((line, i) => lines.indexOf(line) !== i), [], `doubled, ${at}`);
  assert.deepEqual([...said].filter((line) => !lines.includes(line)), [], `lost, ${at}`);
  const begun = lines.flatMap((line) => line.startsWith("begin ") ? [line.slice(6)] : []);
  const left = begun.filter((id) => !lines.includes(`end ${id}`)).sort();
  const interrupted = lines.filter((line) => line.startsWith("interrupted "));
  assert.deepEqual(interrupted.map((line) => line.slice(12)).sort(), left, `interrupted, ${at}`);
  const warned = logged.map((line) => JSON.parse(line)).filter(({ level }) => level === "warning");
  assert.deepEqual(warned.map(({ write }) => write).sort(), left, `reported, ${at}`);
  assert.deepEqual([chain.state, chain.broken_at], ["unbroken", undefined], `chain, ${at}`);
}

Deno.test("killed between any two steps of its rotation, a log has each line once, and the next start reports interrupted writes", async () => {
  let steps = 0;
  await withLog(async (path, logged) => {
    const whole = new Victim();
    const log = whole.logAt(path);
    const said = await write(whole, log);
    await log.close();
    assert.equal(said.size, 18);
    assert.ok(whole.renames > 5, `${whole.renames} renames`);
    await assertWhole(path, said, logged, "not killed");
    steps = whole.steps;
  });
  for (let last = 0; last < steps; last++) {
    await withLog(async (path, logged) => {
      const victim = new Victim(last);
      const log = victim.logAt(path);
      const said = await write(victim, log);
      assert.ok(victim.isDead);
      await log.close();
      await assertWhole(path, said, logged, `killed at step ${last} of ${steps}`);
    });
  }
});

Deno.test("killed in its rotation, and again in the next start, a log loses and repeats no line", async () => {
  for (let first = 20; first < 80; first += 7) {
    for (let second = 0; second < 6; second++) {
      await withLog(async (path, logged) => {
        const victim = new Victim(first);
        const log = victim.logAt(path);
        const said = await write(victim, log);
        await log.close();
        const again = new Victim(second);
        const started = again.logAt(path);
        await started.start();
        await started.close();
        await assertWholeInTheEnd(path, said, logged, `killed at ${first}, then at ${second}`);
      });
    }
  }
});

/** Like {@link assertWhole}, but the log may have the reports of the start in between. */
async function assertWholeInTheEnd(
  path: string,
  said: ReadonlySet<string>,
  logged: string[],
  at: string,
) {
  logged.length = 0;
  const next = new AuditLog(path, OPTIONS);
  await next.start();
  const { entries, chain } = await next.read({ limit: 1000 });
  await next.close();
  const lines = entries.map(textOf).filter((text) => text !== "started");
  assert.deepEqual(lines.filter((line, i) => lines.indexOf(line) !== i), [], `doubled, ${at}`);
  assert.deepEqual([...said].filter((line) => !lines.includes(line)), [], `lost, ${at}`);
  for (const line of lines.filter((each) => each.startsWith("begin "))) {
    const id = line.slice(6);
    const ends = lines.filter((each) => each === `end ${id}` || each === `interrupted ${id}`);
    assert.equal(ends.length, 1, `${id}: ${ends}, ${at}`);
  }
  assert.equal(chain.state, "unbroken", at);
}
