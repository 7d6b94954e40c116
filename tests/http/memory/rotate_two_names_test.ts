import assert from "node:assert/strict";
import { FakeCluster } from "../../../src/kube/fake/store.ts";
import {
  codesOf,
  NEW,
  OLD,
  passwordIn,
  putManaged,
  putRepository,
  type RotationOptions,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";

/** A rotation on a server with two names, each with its own Argo CD. */

const OTHER = "other";

/** One cluster under two names. */
function twoNames(more: RotationOptions = {}) {
  const server = new FakeCluster();
  for (const each of ["default", "argocd", OTHER]) server.namespaces.set(each, "Active");
  putRepository(server, "app");
  const stored = server.secrets.get("argocd/app")!;
  server.secrets.set(`${OTHER}/app`, { ...stored, namespace: OTHER, uid: crypto.randomUUID() });
  putManaged(server);
  const it = rotationStage({
    known: {
      a: { identity: "one server" },
      b: { identity: "one server", own: { argocdNamespace: OTHER } },
    },
    fleet: { a: server, b: server },
    fill: () => {},
    ...more,
  });
  return { ...it, server };
}

const secretsOf = (body: Awaited<ReturnType<ReturnType<typeof twoNames>["rotate"]>>["body"]) =>
  Object.fromEntries(
    body.clusters.map(({ cluster, secrets }) => [
      cluster,
      secrets.map(({ namespace, name }) => `${namespace}/${name}`).sort(),
    ]),
  );

Deno.test("both Argo CDs of one server are rotated, and the shared secrets once", async () => {
  const { server, ...it } = twoNames();
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated" });
  assert.deepEqual(secretsOf(body), { a: ["argocd/app", "default/ghcr"], b: ["other/app"] });
  assert.equal(passwordIn(server), NEW);
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [[], true]);
  const again = await it.rotate();
  assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "unchanged" });
  assert.equal(again.body.safe_to_revoke, true);
});

Deno.test("a dry run reports each secret of the two Argo CDs once", async () => {
  const { body } = await twoNames().rotate({ dry_run: true });
  assert.deepEqual(secretsOf(body), { a: ["argocd/app", "default/ghcr"], b: ["other/app"] });
  assert.equal(body.old_value!.places.length, 3);
});

Deno.test("the cluster name in 'first' writes the secrets that both names share", async () => {
  const { server, ...it } = twoNames();
  server.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "forbidden" } : undefined;
  const { body } = await it.rotate({ first: ["b"] });
  assert.deepEqual(statusesOf(body), { a: "not_begun", b: "failed" });
  assert.equal(passwordIn(server), OLD);
  assert.equal(body.safe_to_revoke, false);
});

Deno.test("a cluster name in 'first' with only shared secrets does not count as having nothing to rotate", async () => {
  const { server, ...it } = twoNames();
  server.secrets.delete(`${OTHER}/app`);
  const { status, body } = await it.rotate({ first: ["a", "b"] });
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "not_found" });
  assert.equal(body.safe_to_revoke, true);
});
