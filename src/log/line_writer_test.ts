import assert from "node:assert/strict";
import { join } from "node:path";
import { logFile, type LogFileOptions } from "./line_writer.ts";

/** A log file in a folder of its own. */
async function withLog(
  options: LogFileOptions,
  use: (log: ReturnType<typeof logFile>, path: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "server.log");
  const log = logFile(path, options);
  try {
    await use(log, path);
  } finally {
    log.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const read = (path: string) => Deno.readTextFileSync(path);

Deno.test("single lines and urgent lines are written immediately", () =>
  withLog({}, (log, path) => {
    log("alone\n");
    assert.equal(read(path), "alone\n");
    log("waits\n");
    log("urgent\n", true);
    assert.equal(read(path), "alone\nwaits\nurgent\n");
  }));

Deno.test("lines in quick succession are written in order within some milliseconds", () =>
  withLog({}, async (log, path) => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}\n`);
    lines.forEach((line) => log(line));
    while (!read(path).endsWith("line 99\n")) await new Promise((next) => setTimeout(next, 1));
    assert.equal(read(path), lines.join(""));
  }));

Deno.test("buffered lines are written when the file is closed", () =>
  withLog({}, (log, path) => {
    log("one\n");
    log("two\n");
    log.close();
    assert.equal(read(path), "one\ntwo\n");
  }));

Deno.test("only its owner may read the file, and existing lines stay", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "server.log");
  Deno.writeTextFileSync(path, "before\n", { mode: 0o600 });
  const log = logFile(path);
  log("after\n");
  log.close();
  assert.equal(read(path), "before\nafter\n");
  Deno.removeSync(path);
  logFile(path).close();
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that is too large is rotated, and the oldest file is removed", () =>
  withLog({ maxBytes: 10, keep: 2 }, (log, path) => {
    for (const line of ["one 56789\n", "two 56789\n", "three 789\n", "four 6789\n"]) {
      log(line, true);
    }
    assert.deepEqual(
      [path, `${path}.1`, `${path}.2`].map(read),
      ["four 6789\n", "three 789\n", "two 56789\n"],
    );
    assert.throws(() => read(`${path}.3`), Deno.errors.NotFound);
  }));

Deno.test("a file that cannot be rotated grows, which is reported once", async () => {
  const stuck: string[] = [];
  await withLog({ maxBytes: 10, keep: 1, onStuck: (why) => stuck.push(why) }, async (log, path) => {
    await Deno.mkdir(join(`${path}.1`, "not-empty"), { recursive: true });
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i} 6789\n`);
    for (const line of lines) log(line, true);
    assert.equal(read(path), lines.join(""));
    assert.equal(stuck.length, 1, stuck.join());
  });
});

Deno.test("a deleted file is created again, and a moved file is not touched", () =>
  withLog({ lookEvery: 0 }, (log, path) => {
    log("one\n", true);
    Deno.removeSync(path);
    log("two\n", true);
    assert.equal(read(path), "two\n");
    Deno.renameSync(path, `${path}.moved`);
    log("three\n", true);
    assert.deepEqual([read(path), read(`${path}.moved`)], ["three\n", "two\n"]);
  }));

Deno.test("a deleted file is created again, however frequent lines are", () =>
  withLog({ lookEvery: 20 }, async (log, path) => {
    Deno.removeSync(path);
    const isThere = () => Deno.stat(path).then(() => true, () => false);
    for (let turn = 0; turn < 2000 && !await isThere(); turn++) {
      log("line\n", true);
      await new Promise((next) => setTimeout(next, 1));
    }
    assert.ok(await isThere());
  }));

Deno.test("lines lost to a full disk are counted and reported when there is room, and block nothing", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "server.log");
  Deno.symlinkSync("/dev/full", path); // every write to it fails as on a full disk
  const lost: [number, string][] = [];
  const log = logFile(path, { lookEvery: 0, onLost: (lines, why) => lost.push([lines, why]) });
  log("one\n", true);
  log("two\n");
  log("three\n", true);
  assert.deepEqual(lost, []);
  Deno.removeSync(path);
  log("four\n", true);
  assert.equal(read(path), "four\n");
  assert.equal(lost.length, 1);
  assert.equal(lost[0]![0], 3);
  assert.match(lost[0]![1], /No space left on device/);
  log.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a missing folder loses lines, and does not stop the program", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "logs", "server.log");
  Deno.mkdirSync(join(folder, "logs"));
  const log = logFile(path, { lookEvery: 0 });
  Deno.removeSync(join(folder, "logs"), { recursive: true });
  log("lost\n", true);
  Deno.mkdirSync(join(folder, "logs"));
  log("written\n", true);
  assert.equal(read(path), "written\n");
  log.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that cannot be opened at first is an error", () => {
  assert.throws(() => logFile("/no/such/folder/server.log"), Deno.errors.NotFound);
});
