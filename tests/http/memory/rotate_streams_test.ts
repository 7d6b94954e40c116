import assert from "node:assert/strict";
import { assertEventDocumented } from "../documented.ts";
import { EVENTS } from "../fleet.ts";
import { NEW, OLD, passwordIn, putManaged, rotation, rotationStage } from "../rotation_stage.ts";
import { post } from "../support.ts";

/** A rotation answered as a stream. */

Deno.test("a stream has each cluster as it finishes, and the rest of the answer at its end", async () => {
  const it = rotationStage({
    fill: (cluster, name) => name === "b" ? undefined : putManaged(cluster),
  });
  const events = await it.follow();
  const request = post("/api/v1/rotations", rotation(), EVENTS);
  for (const event of events) await assertEventDocumented(request, event);
  const [started, first, ...others] = events;
  const done = others.pop()!;
  const { rotation: id } = started as { rotation: string };
  assert.match(id, /^rotation-[0-9a-f]{16}$/);
  assert.deepEqual(started, {
    event: "started",
    clusters: 3,
    names: ["a", "b", "c"],
    rotation: id,
  });
  assert.deepEqual(first, {
    event: "cluster",
    cluster: "b",
    status_code: 200,
    transport: "kubectl",
    answer: { cluster: "b", status: "not_found", secrets: [], left: [] },
  });
  const statuses = others.map(({ cluster, answer }) => [
    cluster,
    (answer as { status: string }).status,
  ]);
  assert.deepEqual(statuses.sort(), [["a", "rotated"], ["c", "rotated"]]);
  assert.partialDeepStrictEqual(done, {
    ...{ event: "done", rotation: id, success: true, state: "done", safe_to_revoke: true },
    ...{ rotated: 2, not_found: 1, succeeded: 3, failed: 0, not_begun: 0 },
  });
  assert.equal(done.clusters, undefined, "the clusters were already sent");
});

Deno.test("a failed cluster's event has the error and the outcome of its rollback", async () => {
  const it = rotationStage();
  it.fleet.b!.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "forbidden" } : undefined;
  const events = await it.follow({ max_failures: 1 });
  const request = post("/api/v1/rotations", rotation(), EVENTS);
  for (const event of events) await assertEventDocumented(request, event);
  const { status_code, answer } = events.find(({ cluster }) => cluster === "b")!;
  assert.equal(status_code, 502);
  assert.partialDeepStrictEqual(answer, {
    ...{ error: true, code: "forbidden", status_code: 502, status: "forbidden" },
    ...{ rolled_back: true, left: [] },
  });
  const { success, safe_to_revoke, old_value } = events.at(-1)! as unknown as {
    success: boolean;
    safe_to_revoke: boolean;
    old_value: { places: { cluster: string }[] };
  };
  assert.deepEqual([success, safe_to_revoke], [false, false]);
  assert.deepEqual(old_value.places.map(({ cluster }) => cluster), ["b"]);
});

const REFUSED: [what: string, more: object, status: number, code: string][] = [
  ["an invalid field", { find: {} }, 400, "invalid_field"],
  ["a new value equal to the old one", { set: { password: OLD } }, 400, "same_value"],
  [
    "nothing to rotate in the first cluster",
    { find: { name: "x" }, first: ["a"] },
    409,
    "first_not_found",
  ],
];

for (const [what, more, status, code] of REFUSED) {
  Deno.test(`an error before the stream is answered in JSON: ${what}`, async () => {
    const { app, fleet } = rotationStage();
    const response = await app.fetch(post("/api/v1/rotations", rotation(more), EVENTS));
    assert.equal(response.headers.get("Content-Type"), "application/json");
    assert.deepEqual([response.status, (await response.json()).code], [status, code]);
    assert.equal(passwordIn(fleet.a!), OLD);
  });
}

Deno.test("after the client disconnects from a stream no secret is half-written", async () => {
  const it = rotationStage();
  const response = await it.app.fetch(post("/api/v1/rotations", rotation(), EVENTS));
  await response.body!.cancel();
  await it.app.drain();
  const passwords = Object.values(it.fleet).map((cluster) => passwordIn(cluster));
  assert.ok(passwords.every((each) => each === OLD || each === NEW), "a secret is partly rotated");
});
