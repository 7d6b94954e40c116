import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { KubeError } from "../../kube/errors.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { argocdCluster } from "../fake/clusters.ts";
import { repoSecrets } from "../fake/desired.ts";
import { putOurs, REMOVABLE, removableCluster } from "../fake/removable.ts";
import { runRemove, runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/desired_secret.ts";

const isThere = (it: FakeCluster) =>
  REMOVABLE.map(({ namespace }) => namespace)
    .filter((namespace) => it.secrets.has(`${namespace}/pull`));

Deno.test("secrets are deleted in all namespaces, and first removed from the service accounts", async () => {
  const it = removableCluster();
  const verdict = await runRemove(it, REMOVABLE);
  assert.ok(verdict.kind === "removed");
  assert.deepEqual(verdict.secrets.map(({ namespace, name }) => ({ namespace, name })), REMOVABLE);
  assert.deepEqual(
    verdict.detached.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
    ["a/default", "a/runner", "b/default", "c/default"],
  );
  assert.deepEqual(worldOf(it).accounts, {
    "a/bystander": ["other"],
    "a/default": ["other"],
    "a/runner": [],
    "b/default": ["other"],
    "c/default": ["other"],
    "d/default": ["pull"],
  });
  assert.deepEqual([...it.secrets.keys()], ["a/bystander"]);
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [
    ["read", 4],
    ["serviceAccounts", 1],
    ["detach", 4],
    ["remove", 4],
  ]);
});

for (const dryRun of [false, true]) {
  const what = dryRun ? "a dry run" : "a removal";
  Deno.test(`${what} of more than can be deleted in time is not started`, async () => {
    const it = removableCluster();
    const before = worldOf(it);
    it.tooMany = (count) => new KubeError("timeout", `Cannot delete ${count}: too many`);
    const verdict = await runRemove(it, REMOVABLE, { dryRun });
    assert.ok(verdict.kind === "unable");
    assert.equal(verdict.error.message, "Cannot delete 4: too many");
    assert.deepEqual(it.calls.map(({ method }) => method), ["read", "serviceAccounts"]);
    assertAsBefore(it, before);
  });
}

Deno.test("missing secrets are left out", async () => {
  const it = removableCluster();
  it.secrets.delete("b/pull");
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(
    verdict.kind === "removed" && verdict.secrets.map(({ namespace }) => namespace),
    ["a", "c", "argocd"],
  );
  // A service account that uses a missing secret is not part of this request.
  assert.deepEqual(it.accounts.get("b/default")!.pullSecrets, ["pull", "other"]);
});

Deno.test("no service accounts are read for secrets that are not pull secrets", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ url: "https://ghcr.io/" }));
  it.calls = [];
  const refs = ["repo", "repo-template"].map((name) => ({ namespace: "argocd", name }));
  assert.equal((await runRemove(it, refs)).kind, "removed");
  assert.deepEqual(it.calls.map(({ method }) => method), ["read", "remove"]);
});

Deno.test("without the right to read service accounts, the secrets are deleted anyway", async () => {
  const it = removableCluster();
  const { accounts } = worldOf(it);
  it.fault = ({ method }) =>
    method === "serviceAccounts" ? { kind: "throw", error: "forbidden" } : undefined;
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(verdict.kind === "removed" && verdict.detached, []);
  assert.deepEqual(isThere(it), []);
  assert.deepEqual(worldOf(it).accounts, accounts);
});

Deno.test("a service account that is deleted meanwhile needs no change", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "detach"
      ? { kind: "meanwhile", act: (cluster) => cluster.accounts.delete("b/default") }
      : undefined;
  assert.equal((await runRemove(it, REMOVABLE)).kind, "removed");
});

// --- refusals, which delete nothing -------------------------------------------------------------

const OWNER = { kind: "ExternalSecret", name: "x" };

/** The secret in b, why it is refused, and whether force deletes it anyway. */
const REFUSED: [what: string, secret: Partial<StoredSecret>, kind: string, forced: boolean][] = [
  ["a foreign secret", { labels: {}, annotations: {} }, "not_ours", true],
  [
    "a docker secret of somebody else",
    { labels: { "mcops.tech/secret-type": "docker-creds" }, annotations: {} },
    "not_ours",
    true,
  ],
  [
    "a secret managed by others",
    {
      labels: { [MANAGED_BY_LABEL]: "Helm" },
      annotations: {},
    },
    "not_ours",
    true,
  ],
  ["an owned secret", { ownerReferences: [OWNER] }, "owned", true],
  ["a secret that waits for finalizers", { finalizers: ["x/y"] }, "finalizers", false],
  [
    "a secret that is being deleted",
    { deletionTimestamp: "2026-01-01T00:00:00Z" },
    "being_deleted",
    false,
  ],
];

for (const [what, secret, kind, forced] of REFUSED) {
  Deno.test(`${what} is ${kind}: none is deleted, not even in a dry run${forced ? ", unless forced" : ""}`, async () => {
    for (const dryRun of [false, true]) {
      const it = removableCluster();
      putOurs(it, { namespace: "b", ...secret });
      const before = worldOf(it);
      const verdict = await runRemove(it, REMOVABLE, { dryRun });
      assert.ok(verdict.kind === "refused");
      assert.deepEqual(verdict.refusals.map(({ kind, ref }) => [kind, ref]), [
        [kind, { namespace: "b", name: "pull" }],
      ]);
      assert.equal(verdict.current.get("b/pull"), it.secrets.get("b/pull"));
      assertAsBefore(it, before);
      assert.deepEqual(it.calls.map(({ method }) => method), ["read"]);
    }
    const it = removableCluster();
    putOurs(it, { namespace: "b", ...secret });
    const verdict = await runRemove(it, REMOVABLE, { force: true });
    assert.equal(verdict.kind, forced ? "removed" : "refused");
    assert.deepEqual(isThere(it), forced ? [] : ["a", "b", "c", "argocd"]);
  });
}

Deno.test("a refusal names the owner of a secret, and every refusal is reported", async () => {
  const it = removableCluster();
  putOurs(it, { namespace: "a", ownerReferences: [OWNER] });
  putOurs(it, { namespace: "c", labels: {}, annotations: {} });
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [
    { kind: "owned", ref: { namespace: "a", name: "pull" }, owner: "ExternalSecret 'x'" },
    { kind: "not_ours", ref: { namespace: "c", name: "pull" } },
  ]);
});

Deno.test("either the label or the annotation shows that argocd-configurer wrote a secret", async () => {
  const it = removableCluster();
  putOurs(it, { namespace: "a", annotations: {} });
  putOurs(it, { namespace: "b", labels: { [MANAGED_BY_LABEL]: "Helm" } });
  assert.ok(Object.hasOwn(it.secrets.get("b/pull")!.annotations, WRITE_ANNOTATION));
  assert.equal(it.secrets.get("a/pull")!.labels[MANAGED_BY_LABEL], MANAGED_BY);
  assert.equal((await runRemove(it, REMOVABLE)).kind, "removed");
});

// --- all or nothing -----------------------------------------------------------------------------

Deno.test("if a secret cannot be deleted, the others and their service accounts are restored", async () => {
  const it = removableCluster();
  putOurs(it, { namespace: "a", immutable: true });
  it.fault = ({ method }) =>
    method === "remove" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.notRestored], ["forbidden", []]);
  assert.deepEqual(verdict.secrets.map(({ namespace, why }) => [namespace, why]), [
    ["a", "deleted and rolled back"],
    ["b", "Cannot do it: forbidden; not deleted"],
    ["c", "deleted and rolled back"],
    ["argocd", "deleted and rolled back"],
  ]);
  assertAsBefore(it, before);
});

Deno.test("a secret deleted by force is restored with its owner reference", async () => {
  const it = removableCluster();
  putOurs(it, { namespace: "a", ownerReferences: [OWNER] });
  it.fault = ({ method }) =>
    method === "remove" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = worldOf(it);
  assert.equal((await runRemove(it, REMOVABLE, { force: true })).kind, "failed");
  assertAsBefore(it, before);
});

Deno.test("if a service account cannot be changed, nothing is deleted, and that is the reported reason", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "detach" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.notRestored], ["forbidden", []]);
  assert.deepEqual(
    verdict.secrets.map(({ why }) => why),
    Array(4).fill("not attempted; not deleted"),
  );
  assertAsBefore(it, before);
  assert.ok(it.calls.every(({ method }) => method !== "remove"));
});

Deno.test("secrets that cannot be restored are named exactly", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  it.fault = ({ method, index }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    return index > 3 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE, { rollbackSeconds: 0.2 });
  assert.ok(verdict.kind === "failed");
  const account = (namespace: string, name: string) =>
    ({ namespace, name, isServiceAccount: true, state: "unknown" }) as const;
  assert.deepEqual(verdict.notRestored, [
    { namespace: "a", name: "pull", state: "missing" },
    { namespace: "c", name: "pull", state: "missing" },
    { namespace: "argocd", name: "pull", state: "missing" },
    account("a", "default"),
    account("a", "runner"),
    account("b", "default"),
    account("c", "default"),
  ]);
  assert.equal(verdict.secrets[0]!.why, "not rolled back: missing");
  assertAsBefore(it, before, verdict.notRestored);
});

Deno.test("a hung rollback of service accounts does not keep the secrets from being restored", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  it.fault = ({ method }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    return method === "attach" ? { kind: "hang" } : undefined;
  };
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE, { rollbackSeconds: 1 });
  assert.ok(verdict.kind === "failed");
  assert.ok(verdict.notRestored.every(({ isServiceAccount }) => isServiceAccount));
  assert.deepEqual(it.dump(), before.secrets);
});

Deno.test("if service accounts cannot be read, nothing is deleted", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "serviceAccounts" ? { kind: "throw", error: "timeout" } : undefined;
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.equal(verdict.kind === "unable" && verdict.error.kind, "timeout");
  assertAsBefore(it, before);
});

// --- dry run ------------------------------------------------------------------------------------

Deno.test("a dry run reports what would be deleted, and changes nothing", async () => {
  const it = removableCluster();
  const before = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE, { dryRun: true });
  assert.ok(verdict.kind === "removed" && verdict.dryRun === true);
  assert.deepEqual([verdict.secrets.length, verdict.detached.length], [4, 4]);
  assertAsBefore(it, before);
  const asked = it.calls.slice(2);
  assert.deepEqual(asked.map(({ method }) => method), ["detach", "remove"]);
  assert.ok(asked.every(({ dryRun }) => dryRun === true));
});

Deno.test("a dry run reports a secret that cannot be deleted", async () => {
  for (const denied of ["detach", "remove"]) {
    const it = removableCluster();
    it.fault = ({ method }) =>
      method === denied ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
    const before = worldOf(it);
    const verdict = await runRemove(it, REMOVABLE, { dryRun: true });
    assert.equal(verdict.kind === "unable" && verdict.error.kind, "forbidden");
    assertAsBefore(it, before);
  }
});

Deno.test("a secret that somebody else deletes during a dry run does not fail it", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "remove"
      ? { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") }
      : undefined;
  assert.equal((await runRemove(it, REMOVABLE, { dryRun: true })).kind, "removed");
});
