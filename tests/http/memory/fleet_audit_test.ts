import assert from "node:assert/strict";
import { PerMinute } from "../../../src/rate_limit/per_minute.ts";
import { send, withLog } from "../audit_place.ts";
import { addDocker, fleetStage } from "../fleet.ts";

/** The audit log of a write to several clusters. */

Deno.test("each cluster has its own audit lines, with its own ID and outcome", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = fleetStage({ auditLog });
    it.fleet.b!.fault = () => ({ kind: "throw", error: "unreachable" });
    const headers = { "X-Request-Id": "my-request" };
    await send(it, addDocker({ clusters: ["*"] }, headers));
    const lines = entries().filter(({ phase }) => phase === "begin" || phase === "end");
    assert.equal(lines.length, 6);
    for (const [cluster, outcome] of [["a", "created"], ["b", "unable"], ["c", "created"]]) {
      const [begin, end] = lines.filter((line) => line.cluster === cluster);
      assert.deepEqual([begin!.phase, end!.phase, end!.outcome], ["begin", "end", outcome]);
      assert.equal(begin!.write, end!.write);
    }
    assert.equal(new Set(lines.map(({ write }) => write)).size, 3);
    assert.deepEqual([...new Set(lines.map(({ request }) => request))], ["my-request"]);
    // The written secret has the same ID.
    const written = it.fleet.a!.secrets.get("default/my-docker-secret")!;
    const { write } = lines.find((line) => line.cluster === "a")!;
    assert.equal(written.annotations["argocd-configurer.io/request"], write);
  }));

Deno.test("a skipped cluster has no audit line", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = fleetStage({ auditLog });
    it.fleet.c!.fault = () => ({ kind: "throw", error: "unreachable" });
    await send(it, addDocker({ clusters: ["*"], first: ["c"] }));
    const lines = entries().filter(({ phase }) => phase !== "started");
    assert.deepEqual([...new Set(lines.map(({ cluster }) => cluster))], ["c"]);
  }));

Deno.test("exceeding the verification limit is audited once, not per cluster", () =>
  withLog(async ({ auditLog, entries }) => {
    const tries = new PerMinute({ allowed: 1 });
    const it = fleetStage({ auditLog, deps: { gates: { tries } } });
    for (const _ of [1, 2]) await send(it, addDocker({ clusters: ["*"], dry_run: true }));
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.equal(refused.length, 1);
    assert.equal(refused[0]!.cluster, undefined);
  }));
