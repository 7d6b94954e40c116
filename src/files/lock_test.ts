import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { lockFolder } from "./lock.ts";

Deno.test("a folder locked by another process is waited for, for ten seconds at most", async () => {
  const path = await Deno.makeTempDir();
  try {
    const first = await lockFolder(path);
    {
      using clock = fakeClock({ runs: true });
      await assert.rejects(lockFolder(path), (error) => {
        assert.ok(error instanceof Deno.errors.TimedOut);
        assert.match(
          error.message,
          /^Another process has locked the folder for 10 seconds\. 'fuser /,
        );
        return true;
      });
      assert.ok(clock.elapsed >= 10_000 && clock.elapsed < 20_000, `${clock.elapsed} ms`);
    }
    // Uses real time: a process that another test is starting inherits the lock briefly.
    const second = lockFolder(path);
    first.close();
    (await second).close();
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
