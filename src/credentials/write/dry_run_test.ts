import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { accountCluster, usesIn } from "../fake/accounts.ts";
import { LABELS, pullSecrets, repoSecrets } from "../fake/desired.ts";
import { ANY_FAULTS, FAULTS } from "../fake/faults.ts";
import { type RunOptions, runWrite } from "../fake/run.ts";
import { Locks } from "./locks.ts";

const trying = (it: FakeCluster, options: RunOptions = {}) =>
  runWrite(it, pullSecrets(), { dryRun: true, ...options });

/** All objects, with the fields that change at each write. */
const exactly = (it: FakeCluster) => [
  [...it.secrets.values()].map(({ data, ...rest }) => ({ ...rest, data: data.reveal() })),
  [...it.accounts.values()],
  [...it.namespaces],
];

Deno.test("a dry run reports for each secret its action and its changes", async () => {
  const it = accountCluster();
  const before = exactly(it);
  const verdict = await trying(it, { attach: usesIn("a", "b", "c", "d") });
  assert.ok(verdict.kind === "written");
  assert.equal(verdict.dryRun, true);
  assert.deepEqual(
    verdict.secrets.map(({ namespace, name, action }) => [namespace, name, action]),
    [["a", "created"], ["b", "replaced"], ["c", "created"], ["d", "replaced"], [
      "argocd",
      "replaced",
    ]].map(([namespace, action]) => [namespace, "pull", action]),
  );
  assert.deepEqual(verdict.secrets[0]!.changes, [
    { field: "type", after: "kubernetes.io/dockerconfigjson" },
    { field: "labels.app.kubernetes.io/managed-by", after: "argocd-configurer" },
    { field: "labels.mcops.tech/secret-type", after: "docker-creds" },
    { field: "data..dockerconfigjson", after: "ghcr.io (user)" },
  ]);
  assert.deepEqual(verdict.secrets[1]!.changes, [
    { field: "labels.app.kubernetes.io/managed-by", after: "argocd-configurer" },
    { field: "data..dockerconfigjson", before: "***", after: "ghcr.io (user)" },
  ]);
  assert.deepEqual(verdict.attached, usesIn("a", "b", "c"));
  assert.deepEqual(exactly(it), before);
});

Deno.test("a dry run sends every step to the cluster as a dry run", async () => {
  const it = accountCluster();
  it.put({ namespace: "c", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
  await trying(it, { force: true, attach: usesIn("a", "b", "c", "d") });
  const writes = it.calls.filter(({ method }) => !["read", "serviceAccounts"].includes(method));
  const asked = writes.map(({ method, items }) => [method, items]);
  assert.deepEqual(asked.sort(), [["attach", 3], ["create", 1], ["remove", 1], ["replace", 3]]);
  assert.ok(writes.every(({ dryRun }) => dryRun === true));
});

Deno.test("a secret that would be unchanged is not sent in a dry run", async () => {
  const it = accountCluster();
  await runWrite(it, pullSecrets());
  it.calls = [];
  const verdict = await trying(it);
  assert.deepEqual(
    verdict.kind === "written" && verdict.secrets.map(({ action, changes }) => [action, changes]),
    Array(5).fill(["unchanged", []]),
  );
  assert.deepEqual(it.calls.map(({ method }) => method), ["read"]);
});

Deno.test("namespaces that would be created are named, and the secrets in them are only planned", async () => {
  const it = accountCluster();
  it.namespaces.delete("c");
  it.accounts.delete("c/default");
  const before = exactly(it);
  const verdict = await trying(it, { createNamespaces: true, attach: usesIn("a", "c") });
  assert.ok(verdict.kind === "written");
  assert.deepEqual([verdict.namespaces, verdict.attached], [["c"], usesIn("a", "c")]);
  assert.deepEqual(verdict.secrets[2]!.action, "created");
  const items = Object.fromEntries(it.calls.map(({ method, items }) => [method, items]));
  assert.deepEqual([items.createNamespaces, items.create, items.attach], [1, 1, 1]);
  assert.deepEqual(exactly(it), before);
});

Deno.test("a namespace that somebody else creates just then is no failure of a dry run", async () => {
  const it = accountCluster();
  it.namespaces.delete("c");
  it.fault = ({ method }) =>
    method === "createNamespaces"
      ? { kind: "meanwhile", act: (cluster) => cluster.namespaces.set("c", "Active") }
      : undefined;
  assert.equal((await trying(it, { createNamespaces: true })).kind, "written");
});

Deno.test("a dry run is refused for the same reasons as the write", async () => {
  const it = accountCluster();
  it.put({ namespace: "a", name: "pull", type: "Opaque" });
  it.namespaces.set("c", "Terminating");
  const before = exactly(it);
  const real = await runWrite(it, pullSecrets());
  const tried = await trying(it);
  assert.ok(real.kind === "refused" && tried.kind === "refused");
  assert.deepEqual(tried.refusals, real.refusals);
  assert.deepEqual(exactly(it), before);
});

Deno.test("a secret that the cluster would reject fails the dry run, with the reason", async () => {
  const it = accountCluster();
  await runWrite(it, pullSecrets("old", { namespaces: ["d"] }));
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = exactly(it);
  const verdict = await runWrite(
    it,
    [...pullSecrets().slice(0, 3), ...pullSecrets("old").slice(3)],
    {
      dryRun: true,
    },
  );
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.notRestored], ["forbidden", []]);
  assert.deepEqual(verdict.secrets.map(({ namespace, why }) => [namespace, why]), [
    ["a", "would be written"],
    ["b", "would be written"],
    ["c", "Cannot do it: forbidden"],
    ["d", "would be unchanged"],
    ["argocd", "would be unchanged"],
  ]);
  assert.deepEqual(exactly(it), before);
});

Deno.test("a service account that cannot be changed fails the dry run, too", async () => {
  const it = accountCluster();
  it.fault = ({ method }) =>
    method === "attach" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
  const verdict = await trying(it, { attach: usesIn("a") });
  assert.ok(verdict.kind === "failed");
  assert.equal(verdict.error.kind, "forbidden");
  assert.deepEqual(verdict.secrets.map(({ why }) => why), Array(5).fill("would be written"));
});

Deno.test("a repository that would move to the secret that holds its URL is shown there", async () => {
  const it = accountCluster();
  await runWrite(it, repoSecrets({ name: "first", password: "old" }));
  const before = exactly(it);
  const verdict = await runWrite(it, repoSecrets({ name: "second" }), { dryRun: true });
  assert.ok(verdict.kind === "written");
  assert.deepEqual(verdict.secrets, [{
    namespace: "argocd",
    name: "first",
    action: "replaced",
    changes: [{ field: "data.password", before: "***", after: "***" }],
  }]);
  assert.match(verdict.hints[0]!, /'first' already had this URL/);
  assert.deepEqual(exactly(it), before);
});

// --- faults -------------------------------------------------------------------------------------

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a dry run: nothing is changed, and it is not successful`, async () => {
    let failed = 0;
    for (let at = 0; at < 6; at++) {
      const it = accountCluster();
      it.put({ namespace: "c", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
      const before = exactly(it);
      it.fault = ({ index }) => index === at ? fault : undefined;
      const options = { force: true, attach: usesIn("a", "b", "c", "d") };
      if (fault.kind === "bug" && at < 6) await assert.rejects(trying(it, options), TypeError);
      else {
        const verdict = await trying(it, options);
        if (verdict.kind !== "written") failed++;
        if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
      }
      assert.deepEqual(exactly(it), before);
    }
    // A call of one item has no second one that could fail.
    assert.ok(fault.kind === "bug" || failed >= 2, `${failed}`);
  });
}

Deno.test("faults at several calls of a dry run change nothing", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 8 }), fc.boolean(), async (faults, create) => {
      const it = accountCluster();
      if (create) it.namespaces.delete("c");
      const before = exactly(it);
      it.fault = ({ index }) => faults[index];
      await trying(it, { seconds: 0.05, createNamespaces: true, attach: usesIn("a", "b") });
      assert.deepEqual(exactly(it), before);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a dry run takes turns with writes", async () => {
  const it = accountCluster();
  const locks = new Locks();
  const [written, tried] = await Promise.all([
    runWrite(it, pullSecrets(), { locks }),
    trying(it, { locks }),
  ]);
  assert.equal(written.kind, "written");
  assert.deepEqual(tried.kind === "written" && tried.secrets.map(({ action }) => action), [
    ...Array(5).fill("unchanged"),
  ]);
});

Deno.test("no value of a credential is in the verdict of a dry run", async () => {
  const canary = `canary${crypto.randomUUID()}`;
  const it = accountCluster();
  await runWrite(it, [...pullSecrets(canary), ...repoSecrets({ password: canary })]);
  const verdict = await runWrite(it, [...pullSecrets(`${canary}2`), ...repoSecrets()], {
    dryRun: true,
  });
  assert.equal(verdict.kind, "written");
  const text = JSON.stringify(verdict) + Deno.inspect(verdict, { depth: 20 });
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary).slice(4, -4)));
});
