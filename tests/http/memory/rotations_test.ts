import assert from "node:assert/strict";
import { withLog } from "../audit_place.ts";
import {
  fingerprintOf,
  NEW,
  OLD,
  putManaged,
  type RotationStage,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** `GET /api/v1/rotations/{id}`, and rotations in the audit log. */

Deno.test("a finished rotation is shown as it was answered", async () => {
  const it = rotationStage();
  const { body } = await it.rotate();
  const shown = await it.show(body.rotation);
  assert.equal(shown.status, 200);
  assert.deepEqual(shown.body, body);
});

Deno.test("a running rotation is shown with its progress", async () => {
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
  // Its ID is in the secret that is already written.
  const { annotations } = it.fleet.a!.secrets.get("default/ghcr")!;
  const [id] = annotations["argocd-configurer.io/request"]!.split(".");
  const { status, body } = await it.show(id!);
  assert.equal(status, 200);
  assert.deepEqual([body.state, body.success, body.selected], ["running", false, 3]);
  assert.equal(statusesOf(body).a, "rotated");
  assert.equal(body.safe_to_revoke, undefined, "the result is not known yet");
  go.resolve();
  await response;
  assert.equal((await it.show(id!)).body.state, "done");
});

for (const id of ["rotation-0000000000000000", "x"]) {
  Deno.test(`rotation ${id} does not exist`, async () => {
    const { status, body } = await rotationStage().show(id);
    assert.deepEqual([status, body.code, body.field], [404, "rotation_not_found", "id"]);
    assert.match(body.message!, /Without an audit log/);
  });
}

Deno.test("a dry run is not kept as a rotation", async () => {
  const it = rotationStage();
  const { body } = await it.rotate({ dry_run: true });
  assert.equal((await it.show(body.rotation)).status, 404);
});

Deno.test("the audit log records unchanged or not_found when nothing was replaced", () =>
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

Deno.test("after a restart a rotation is shown from the audit log, without the values", () =>
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

Deno.test("the audit log has the same state of the old value as the response, even after a failure", () =>
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

const UNWRITTEN: [what: string, more: object, before: (it: RotationStage) => void][] = [
  ["that could not be read", { max_failures: 1 }, (it) => {
    let reads = 0;
    it.fleet.b!.fault = ({ method }) =>
      method === "listData" && reads++ === 0 ? { kind: "throw", error: "unreachable" } : undefined;
  }],
  ["that were skipped", { first: ["a"] }, (it) => {
    it.fleet.a!.namespaces.set("default", "Terminating");
  }],
];

for (const [what, more, before] of UNWRITTEN) {
  Deno.test(`a rotation from the audit log counts clusters without entries: those ${what}`, () =>
    withLog(async ({ auditLog }) => {
      const it = rotationStage({ auditLog });
      before(it);
      const live = (await it.rotate(more)).body;
      const { body } = await rotationStage({ auditLog }).show(live.rotation);
      assert.equal(live.success, false);
      for (
        const field of [
          ...["success", "succeeded", "failed", "not_begun", "rotated", "unchanged", "not_found"],
          "message",
        ]
      ) assert.deepEqual(body[field], live[field], field);
    }));
}

Deno.test("a value found by a rotation of another process counts as found, thanks to the audit log", () =>
  withLog(async ({ auditLog }) => {
    await rotationStage({ auditLog }).rotate();
    const fill = () => {};
    const after = await rotationStage({ auditLog, fill }).rotate();
    assert.deepEqual(statusesOf(after.body), { a: "not_found", b: "not_found", c: "not_found" });
    assert.equal(after.body.safe_to_revoke, true);
  }));

Deno.test("a rejected rotation is audited as refused and cannot be shown", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = rotationStage({ auditLog });
    it.fleet.b!.fault = () => ({ kind: "throw", error: "unreachable" });
    await it.rotate();
    const [begin, end] = entries().filter(({ kind }) => kind === "rotate");
    assert.deepEqual([begin!.phase, end!.phase], ["begin", "end"]);
    assert.deepEqual([end!.outcome, end!.error], ["refused", "clusters_not_seen"]);
    assert.equal(begin!.replaces, undefined, "the audit log claims that the value was found");
    const { status, body } = await it.show(end!.rotation!);
    const message = `Rotation '${
      end!.rotation
    }' not found. 'argocd-configurer audit' lists the rotations`;
    assert.deepEqual([status, body.message], [404, message]);
  }));

Deno.test("while the audit log cannot be written, no rotation is started", () =>
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

Deno.test("a token limited to some clusters sees only their part of a rotation", async () => {
  const it = rotationStage({
    known: { "production-cluster": {}, "test-a": {} },
    ...withTokens,
  });
  it.fleet["production-cluster"]!.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "forbidden" } : undefined;
  const { body: { rotation: id } } = await it.rotate({ max_failures: 1 }, bearer("admin"));
  const all = await it.show(id, bearer("reader"));
  assert.deepEqual(statusesOf(all.body), { "production-cluster": "failed", "test-a": "rotated" });
  assert.equal(all.body.by, undefined, "only admins see who did it");
  assert.equal((await it.show(id, bearer("admin"))).body.by, "admin");
  const some = await it.show(id, bearer("one-cluster"));
  assert.deepEqual(statusesOf(some.body), { "test-a": "rotated" });
  assert.deepEqual(some.body.reasons!.map(({ code }) => code), ["limited_token"]);
  assert.ok(!JSON.stringify(some.body).includes("production"));
});

Deno.test("a rotation about none of a token's clusters is 404", async () => {
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

Deno.test("a rotation that names a cluster outside the token's is 403", async () => {
  const it = rotationStage({ known: { "production-cluster": {}, "test-a": {} }, ...withTokens });
  const { status, body } = await it.rotate(
    { clusters: ["test-a", "production-cluster"] },
    bearer("one-cluster"),
  );
  assert.deepEqual([status, body.code], [403, "cluster_not_allowed"]);
});

Deno.test("rotations count against the verification limit: more than 60 a minute are 429", async () => {
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
