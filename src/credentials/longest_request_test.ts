import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { ENDING_SECONDS } from "../kube/process.ts";
import { pullCluster } from "./fake/clusters.ts";
import { pullSecrets } from "./fake/desired.ts";
import { longestRequest } from "./longest_request.ts";
import { write } from "./write.ts";
import { Locks } from "./write/locks.ts";
import { longestWrite } from "./write/times.ts";

for (const seconds of [2, 5, 10, 60]) {
  Deno.test(`a write without any response takes as long as predicted for ${seconds} seconds`, async () => {
    using clock = fakeClock({ runs: true });
    const it = pullCluster();
    // Reads succeed, and then nothing gets a response.
    it.fault = ({ method, index }) =>
      method === "read" && index < 2 ? undefined : { kind: "hang", applied: true };
    const secrets = pullSecrets("new");
    const verdict = await write({
      secrets,
      policy: { upsert: true, force: false, createNamespaces: false },
      writeId: "a-write",
    }, {
      store: it.store(),
      locks: new Locks(),
      seconds,
      onBug: (error) => assert.fail(String(error)),
    });
    assert.equal(verdict.kind, "failed");
    const took = clock.elapsed / 1000;
    const said = longestWrite(seconds, secrets.length);
    assert.ok(took <= said + 0.1, `${took} of ${said} seconds`);
    assert.ok(took > 0.9 * said, `${took} of ${said} seconds`);
    assert.ok(said >= 3 * seconds, "to write, to read and to restore");
  });
}

Deno.test("the longest request includes verifying the credential and selecting the namespaces", () => {
  const write = longestWrite(10, 1002, ENDING_SECONDS);
  assert.equal(longestRequest(10), 20 + ENDING_SECONDS + write);
  // A thousand secrets are restored at twenty a second, if that is longer.
  assert.ok(write > 10 + 2 * 50);
});
