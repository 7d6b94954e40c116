import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { claim, look, removeLeft, type ServerRecord } from "./pid_file.ts";

const RECORD: ServerRecord = {
  pid: 12345,
  version: "1.2.3",
  started: new Date("2026-01-31T10:00:00Z"),
  cwd: "/srv",
  args: ["--port=0"],
};

/** For how long a blocked look is repeated. */
const PATIENCE = 1000;

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "server.pid"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a claimed file names the server; its first line is the process id", () =>
  withPath(async (path) => {
    const held = await claim(path, RECORD);
    assert.deepEqual(await look(path), { state: "running", record: { ...RECORD, url: undefined } });
    held!.publish({ ...RECORD, url: "http://127.0.0.1:8091", stopSeconds: 164 });
    const looked = await look(path);
    assert.equal(looked.state === "running" && looked.record.url, "http://127.0.0.1:8091");
    assert.equal(looked.state === "running" && looked.record.stopSeconds, 164);
    assert.equal((await Deno.readTextFile(path)).split("\n")[0], "12345");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    held!.release();
    assert.deepEqual(await look(path), { state: "stopped", left: false });
  }));

Deno.test("a held file cannot be claimed, a released one can", () =>
  withPath(async (path) => {
    using clock = fakeClock({ runs: true });
    const first = await claim(path, RECORD);
    assert.equal(clock.elapsed, 0);
    assert.equal(await claim(path, { ...RECORD, pid: 2 }), undefined);
    assert.ok(clock.elapsed >= PATIENCE && clock.elapsed < 2 * PATIENCE, `${clock.elapsed} ms`);
    first!.release();
    const second = await claim(path, { ...RECORD, pid: 2 });
    const looked = await look(path);
    assert.equal(looked.state === "running" && looked.record.pid, 2);
    second!.release();
  }));

Deno.test("during a claim, the record of a stopped server is never read as the new one's", () =>
  withPath(async (path) => {
    const stale = `2\n${JSON.stringify({ ...RECORD, pid: undefined })}\n`;
    for (let i = 0; i < 5; i++) {
      await Deno.writeTextFile(path, stale, { mode: 0o600 });
      let isClaimed = false;
      const claiming = claim(path, RECORD).finally(() => isClaimed = true);
      while (!isClaimed) {
        const looked = await look(path);
        if (looked.state === "running") assert.equal(looked.record.pid, RECORD.pid);
      }
      (await claiming)!.release();
    }
  }));

Deno.test("of several concurrent claims, one succeeds", () =>
  withPath(async (path) => {
    using _clock = fakeClock({ runs: true });
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => claim(path, { ...RECORD, pid: i + 1 })),
    );
    const held = claims.filter((each) => each !== undefined);
    assert.equal(held.length, 1);
    held[0]!.release();
  }));

Deno.test("the record of a killed server stays, unless other users could have written it", () =>
  withPath(async (path) => {
    const more = { settings: { port: 0 }, asksForTokens: true };
    const held = await claim(path, { ...RECORD, ...more });
    const content = await Deno.readTextFile(path);
    held!.release();
    await Deno.writeTextFile(path, content, { mode: 0o600 });
    const record = { ...RECORD, ...more, url: undefined };
    assert.deepEqual(await look(path), { state: "stopped", left: true, record });
    await Deno.chmod(path, 0o620);
    assert.deepEqual(await look(path), { state: "stopped", left: true });
  }));

Deno.test("a reader does not block a claim", () =>
  withPath(async (path) => {
    await Deno.writeTextFile(path, "left\n");
    let looking = true;
    // Looks without a pause would never let anybody else lock the file.
    const lookers = Array.from({ length: 4 }, async () => {
      while (looking) {
        const began = performance.now();
        await look(path);
        const took = performance.now() - began;
        await new Promise((resolve) => setTimeout(resolve, 10 * took));
      }
    });
    for (let turn = 0; turn < 20; turn++) {
      const held = await claim(path, RECORD);
      assert.ok(held, "a reader was taken for a server");
      held.release();
    }
    looking = false;
    await Promise.all(lookers);
  }));

Deno.test("a holder whose file was removed does not remove the file of the next holder", () =>
  withPath(async (path) => {
    const first = await claim(path, RECORD);
    await Deno.remove(path);
    const second = await claim(path, { ...RECORD, pid: 2 });
    first!.release();
    const looked = await look(path);
    assert.equal(looked.state === "running" && looked.record.pid, 2);
    second!.release();
  }));

for (const content of ["", "garbage", "1\n", "1\n{}\n", "-1\n{}\n", '1\n{"version":"1"}\n']) {
  Deno.test(`an unlocked file of ${JSON.stringify(content)} counts as left over, and is removed`, () =>
    withPath(async (path) => {
      await Deno.writeTextFile(path, content);
      assert.deepEqual(await look(path), { state: "stopped", left: true });
      await removeLeft(path);
      assert.deepEqual(await look(path), { state: "stopped", left: false });
    }));

  Deno.test(`a held file of ${JSON.stringify(content)} is unclear, and is not removed`, () =>
    withPath(async (path) => {
      const held = await claim(path, RECORD);
      await Deno.writeTextFile(path, content);
      using clock = fakeClock({ runs: true });
      assert.deepEqual(await look(path), { state: "unclear" });
      assert.ok(clock.elapsed >= PATIENCE && clock.elapsed < 2 * PATIENCE, `${clock.elapsed} ms`);
      await removeLeft(path);
      assert.equal(await Deno.readTextFile(path), content);
      held!.release();
    }));
}

Deno.test("a held file that other users can write to is not trusted", () =>
  withPath(async (path) => {
    const held = await claim(path, RECORD);
    await Deno.chmod(path, 0o666);
    assert.deepEqual(await look(path), { state: "unclear" });
    held!.release();
  }));

Deno.test("a folder that does not exist is an error", async () => {
  await assert.rejects(claim("/no/such/folder/server.pid", RECORD), Deno.errors.NotFound);
  assert.deepEqual(await look("/no/such/folder/server.pid"), { state: "stopped", left: false });
});
