import assert from "node:assert/strict";
import { killAfter, stopSeconds } from "./stop_time.ts";

Deno.test("stop waits for longer than a server may take, which follows from kubectl_timeout", () => {
  for (const seconds of [1, 10, 30, 600]) {
    const needed = stopSeconds({ kubectl_timeout: seconds });
    assert.ok(needed > 3 * seconds, "to write, to look and to put back");
    assert.ok(killAfter(needed) > needed);
  }
  assert.ok(stopSeconds({ kubectl_timeout: 60 }) > stopSeconds({ kubectl_timeout: 30 }));
});

Deno.test("a server of an older version, which does not say it, is given what it was given", () => {
  assert.ok(killAfter(undefined) >= 120);
});
