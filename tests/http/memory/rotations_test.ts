import assert from "node:assert/strict";
import { withLog } from "../audit_place.ts";
import {
  fingerprintOf,
  NEW,
  OLD,
  putManaged,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** `GET /api/v1/rotations/{id}`, and what the audit log has of a rotation. */

Deno.test("a rotation that has ended is told as it was answered", async () => {
  const it = rotationStage();
  const { body } = await it.rotate();
  const shown = await it.show(body.rotation);
  assert.equal(shown.status, 200);
  assert.deepEqual(shown.body, body);
});

Deno.test("while it runs it is told how far it is", async () => {
  const [first, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const it = rotationStage({
    stores: {
      b: (store) => ({
        ...store,
        async replace(...of) {
          first.resolve();
          await go.promise;
          return await store.replace(...of);
        },
      }),
    },
  });
  const response = it.follow({ first: ["a"] });
  await first.promise;
  // Its id is in the secret that is written already.
  const { annotations } = it.fleet.a!.secrets.get("default/ghcr")!;
  const [id] = annotations["argocd-configurer.io/request"]!.split(".");
  const { status, body } = await it.show(id!);
  assert.equal(status, 200);
  assert.deepEqual([body.state, body.success, body.selected], ["running", false, 3]);
  assert.equal(statusesOf(body).a, "rotated");
  assert.equal(body.safe_to_revoke, undefined, "it is not known yet");
  go.resolve();
  await response;
  assert.equal((await it.show(id!)).body.state, "done");
});

for (const id of ["rotation-0000000000000000", "x"]) {
  Deno.test(`there is no rotation ${id}`, async () => {
    const { status, body } = await rotationStage().show(id);
    assert.deepEqual([status, body.code, body.field], [404, "rotation_not_found", "id"]);
    assert.match(body.message!, /Without an audit log/);
  });
}

Deno.test("one that was refused, or was a dry run, is not remembered", async () => {
  const it = rotationStage();
  const { body } = await it.rotate({ dry_run: true });
  assert.equal((await it.show(body.rotation)).status, 404);
});

Deno.test("the audit log has no rotation where nothing was replaced", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = rotationStage({ auditLog, fill: (cluster) => putManaged(cluster) });
    const outcomes: unknown[] = [];
    for (const _ of ["first", "again"]) {
      const { body: { rotation } } = await it.rotate();
      const last = entries().findLast((each) => each.rotation === rotation && !each.cluster);
      outcomes.push(last!.outcome);
    }
    assert.deepEqual(outcomes, ["rotated", "unchanged"]);
    const none = rotationStage({ auditLog, fill: () => undefined });
    await none.rotate();
    assert.equal(entries().at(-1)!.outcome, "not_found");
  }));

Deno.test("afterwards the audit log knows what came of it, without the values", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = rotationStage({
      auditLog,
      fill: (cluster, name) => name === "c" ? undefined : putManaged(cluster),
    });
    it.fleet.b!.fault = ({ method }) =>
      method === "replace" ? { kind: "throw", error: "forbidden" } : undefined;
    const { body: { rotation: id } } = await it.rotate({ max_failures: 1 });
    const [oldOne, newOne] = [await fingerprintOf(OLD), await fingerprintOf(NEW)];
    const lines = entries().filter(({ rotation }) => rotation === id);
    const whole = lines.filter(({ cluster }) => cluster === undefined);
    assert.deepEqual(whole.map(({ phase, outcome }) => [phase, outcome]), [
      ["begin", undefined],
      ["end", "mixed"],
    ]);
    assert.partialDeepStrictEqual(whole[1], {
      ...{ write: id, kind: "rotate", clusters: ["a", "b", "c"], replaces: [oldOne] },
      ...{ counts: { rotated: 1, failed: 1, not_found: 1 }, refusals: ["places_left"] },
    });
    assert.notEqual(newOne, oldOne);
    const ofClusters = lines.filter(({ cluster }) => cluster !== undefined);
    assert.deepEqual(
      ofClusters.map(({ cluster, phase, outcome }) => [cluster, phase, outcome]).sort(),
      [
        ["a", "begin", undefined],
        ["a", "end", "replaced"],
        ["b", "begin", undefined],
        ["b", "end", "failed"],
      ],
    );
    for (const { replaces, names, write } of ofClusters) {
      assert.deepEqual([replaces, names], [[oldOne], ["ghcr"]]);
      assert.ok(write!.startsWith(`${id}.`));
    }

    // Another process, with the same log.
    const { show } = rotationStage({ auditLog });
    const { status, body } = await show(id);
    assert.equal(status, 200);
    assert.deepEqual([body.state, body.success], ["done", false]);
    assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed" });
    assert.deepEqual(body.clusters[0]!.written, {
      names: ["ghcr"],
      namespaces: ["default"],
      counts: { created: 0, replaced: 1, unchanged: 0 },
    });
    assert.equal(body.safe_to_revoke, false);
    assert.deepEqual(body.reasons!.map(({ code }) => code), ["places_left"]);
    assert.deepEqual(body.old_value!.fingerprints, [oldOne]);
  }));

Deno.test("the audit log tells of the old value what the answer did, also where a cluster has failed", () =>
  withLog(async ({ auditLog }) => {
    const it = rotationStage({ auditLog });
    it.fleet.b!.fault = ({ method }) => {
      if (method !== "replace") return undefined;
      it.fleet.b!.secrets.clear(); // somebody else deletes it meanwhile
      return { kind: "throw", error: "forbidden" };
    };
    const live = (await it.rotate({ max_failures: 1 })).body;
    assert.deepEqual(statusesOf(live), { a: "rotated", b: "failed", c: "rotated" });
    const { body } = await rotationStage({ auditLog }).show(live.rotation);
    for (const { state, safe_to_revoke, reasons } of [live, body]) {
      assert.deepEqual([state, safe_to_revoke, reasons], ["done", true, undefined]);
    }
  }));

Deno.test("a value that a rotation of another process found is known by the audit log to have been", () =>
  withLog(async ({ auditLog }) => {
    await rotationStage({ auditLog }).rotate();
    const fill = () => {};
    const after = await rotationStage({ auditLog, fill }).rotate();
    assert.deepEqual(statusesOf(after.body), { a: "not_found", b: "not_found", c: "not_found" });
    assert.equal(after.body.safe_to_revoke, true);
  }));

Deno.test("a rotation that is refused is on record as that, and not shown", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = rotationStage({ auditLog });
    it.fleet.b!.fault = () => ({ kind: "throw", error: "unreachable" });
    await it.rotate();
    const [begin, end] = entries().filter(({ kind }) => kind === "rotate");
    assert.deepEqual([begin!.phase, end!.phase], ["begin", "end"]);
    assert.deepEqual([end!.outcome, end!.error], ["refused", "clusters_not_seen"]);
    assert.equal(begin!.replaces, undefined, "nothing is known to have been found");
    const { status, body } = await it.show(end!.rotation!);
    const message = `Rotation '${
      end!.rotation
    }' not found. 'argocd-configurer audit' lists the rotations`;
    assert.deepEqual([status, body.message], [404, message]);
  }));

Deno.test("where the audit log cannot be written nothing is", () =>
  withLog(async ({ auditLog, path }) => {
    const it = rotationStage({ auditLog });
    const before = it.fleet.a!.dump();
    await Deno.mkdir(path); // where the file would be
    const { status, body } = await it.rotate();
    await Deno.remove(path);
    await Deno.writeTextFile(path, "");
    assert.deepEqual([status, body.code], [503, "not_recorded"]);
    assert.deepEqual(it.fleet.a!.dump(), before);
    assert.deepEqual(it.tried, []);
  }));

Deno.test("a token sees of a rotation the clusters that are for it, and nothing of others", async () => {
  const it = rotationStage({
    known: { "production-cluster": {}, "test-a": {} },
    ...withTokens,
  });
  it.fleet["production-cluster"]!.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "forbidden" } : undefined;
  const { body: { rotation: id } } = await it.rotate({ max_failures: 1 }, bearer("admin"));
  const all = await it.show(id, bearer("reader"));
  assert.deepEqual(statusesOf(all.body), { "production-cluster": "failed", "test-a": "rotated" });
  assert.equal(all.body.by, undefined, "who did it is for admins");
  assert.equal((await it.show(id, bearer("admin"))).body.by, "admin");
  const some = await it.show(id, bearer("one-cluster"));
  assert.deepEqual(statusesOf(some.body), { "test-a": "rotated" });
  assert.deepEqual(some.body.reasons!.map(({ code }) => code), ["limited_token"]);
  assert.ok(!JSON.stringify(some.body).includes("production"));
});

Deno.test("of a rotation that is about none of a token's clusters it knows nothing", async () => {
  const it = rotationStage({
    known: { "production-cluster": {}, "test-a": {} },
    ...withTokens,
  });
  const { body } = await it.rotate({ clusters: ["test-a"] }, bearer("admin"));
  assert.equal((await it.show(body.rotation, bearer("other-cluster"))).status, 404);
});

for (const [name, status] of [["reader", 403], ["writer", 200]] as const) {
  Deno.test(`a rotation by a ${name} is ${status}`, async () => {
    const it = rotationStage(withTokens);
    assert.equal((await it.rotate({}, bearer(name))).status, status);
  });
}

Deno.test("a cluster outside a token's is 403, and nothing is written", async () => {
  const it = rotationStage({ known: { "production-cluster": {}, "test-a": {} }, ...withTokens });
  const { status, body } = await it.rotate(
    { clusters: ["test-a", "production-cluster"] },
    bearer("one-cluster"),
  );
  assert.deepEqual([status, body.code], [403, "cluster_not_allowed"]);
});

Deno.test("rotations count among what is tried: more than 60 a minute are refused", async () => {
  const it = rotationStage({ fill: () => {} });
  const statuses = [];
  for (let i = 0; i < 61; i++) {
    statuses.push((await it.rotate({ clusters: ["a"], dry_run: true })).status);
  }
  assert.deepEqual([statuses.slice(0, 60).every((each) => each === 200), statuses[60]], [
    true,
    429,
  ]);
});
