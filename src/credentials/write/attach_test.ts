import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { KubeErrorKind } from "../../kube/errors.ts";
import type { StoreFault } from "../../kube/fake/store.ts";
import { accountCluster, usesIn } from "../fake/accounts.ts";
import { pullSecrets } from "../fake/desired.ts";
import { rejectingUses } from "../fake/faults.ts";
import { PULL_KEYS } from "../fake/clusters.ts";
import { runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";

const ALL = usesIn("a", "b", "c", "d");

Deno.test("service accounts get the secret in addition to their others, after it is written", async () => {
  const it = accountCluster();
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind, "written");
  assert.deepEqual(worldOf(it).accounts, {
    "a/bystander": ["other"],
    ...Object.fromEntries(["a", "b", "c", "d"].map((each) => [
      `${each}/default`,
      ["other", "pull"],
    ])),
  });
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [
    ["read", 5],
    ["serviceAccounts", 1],
    ["create", 2],
    ["replace", 3],
    ["attach", 3],
  ]);
});

Deno.test("only service accounts that did not have the secret are reported", async () => {
  const it = accountCluster();
  const first = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.deepEqual(first.kind === "written" && first.attached, usesIn("a", "b", "c"));
  it.calls = [];
  const again = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.deepEqual(again.kind === "written" && again.attached, []);
  assert.ok(it.calls.every(({ method }) => method !== "attach"));
});

Deno.test("without service accounts in the request, none are read", async () => {
  const it = accountCluster();
  await runWrite(it, pullSecrets());
  assert.ok(it.calls.every(({ method }) => method !== "serviceAccounts"));
});

Deno.test("service accounts that do not exist are refused before anything is written", async () => {
  const it = accountCluster();
  it.accounts.delete("b/default");
  it.accounts.delete("d/default");
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [
    { kind: "service_account_missing", ref: { namespace: "b", name: "default" } },
    { kind: "service_account_missing", ref: { namespace: "d", name: "default" } },
  ]);
  assertAsBefore(it, before);
});

Deno.test("without the right to list all service accounts, those of each namespace are read", async () => {
  const it = accountCluster();
  it.fault = ({ index }) => index === 1 ? { kind: "throw", error: "forbidden" } : undefined;
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind, "written");
  const reads = it.calls.filter(({ method }) => method === "serviceAccounts");
  assert.equal(reads.length, 5);
});

Deno.test("if service accounts cannot be read, nothing is written", async () => {
  const it = accountCluster();
  it.fault = ({ method }) =>
    method === "serviceAccounts" ? { kind: "throw", error: "forbidden" } : undefined;
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind === "unable" && verdict.error.kind, "forbidden");
  assertAsBefore(it, before);
});

Deno.test("if a service account is refused, the secrets and the other service accounts are restored", async () => {
  const it = accountCluster();
  it.fault = ({ method }) =>
    method === "attach" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind, "failed");
  assertAsBefore(it, before);
  if (verdict.kind !== "failed") return;
  assert.deepEqual([verdict.error.kind, verdict.notRestored], ["forbidden", []]);
  assert.deepEqual(verdict.secrets.map(({ why }) => why), Array(5).fill("written and rolled back"));
});

Deno.test("the reported cause is a final error, if there is one, and not one that a retry may fix", async () => {
  const it = accountCluster();
  const kinds: Record<string, KubeErrorKind> = { a: "busy", b: "forbidden", c: "busy" };
  const over = rejectingUses("attach", ({ namespace }) => kinds[namespace]);
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL, over });
  assert.equal(verdict.kind === "failed" && verdict.error.kind, "forbidden");
  assertAsBefore(it, before);
});

const PASSING: [what: string, fault: StoreFault][] = [
  ["busy", { kind: "throw", error: "busy" }],
  ["a broken connection", { kind: "throw", error: "unreachable" }],
  ["a conflict", { kind: "reject", item: 1, error: "conflict" }],
  ["a missing response", { kind: "cut", item: 1, applied: true }],
  ["an undelivered request", { kind: "cut", item: 0, applied: false }],
  ["a bug", { kind: "bug" }],
];

for (const [what, fault] of PASSING) {
  Deno.test(`${what} while service accounts are changed is retried`, async () => {
    const it = accountCluster();
    let attached = 0;
    it.fault = ({ method }) => method === "attach" && ++attached === 1 ? fault : undefined;
    const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
    assert.equal(verdict.kind, "written");
    assert.equal(verdict.bugs.length, fault.kind === "bug" ? 1 : 0);
    for (const { pullSecrets } of it.accounts.values()) {
      assert.equal(new Set(pullSecrets).size, pullSecrets.length);
    }
    assert.ok(
      usesIn("a", "b", "c", "d").every(({ namespace }) =>
        it.accounts.get(`${namespace}/default`)!.pullSecrets.includes("pull")
      ),
    );
  });
}

Deno.test("a hung service account uses up the write's time, and not the rollback's", async () => {
  using _clock = fakeClock({ runs: true });
  const it = accountCluster();
  it.fault = ({ method }) => method === "attach" ? { kind: "hang" } : undefined;
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), {
    attach: ALL,
    seconds: 0.3,
    rollbackSeconds: [0.1, 20],
  });
  assert.equal(verdict.kind === "failed" && verdict.error.kind, "timeout");
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assertAsBefore(it, before);
});

Deno.test("service accounts that cannot be rolled back do not keep the secrets from being restored", async () => {
  using _clock = fakeClock({ runs: true });
  const it = accountCluster();
  it.fault = ({ method }) => {
    if (method === "attach") return { kind: "reject", item: 1, error: "forbidden" };
    return method === "detach" ? { kind: "hang" } : undefined;
  };
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL, rollbackSeconds: 1 });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "default", isServiceAccount: true, state: "unknown" },
    { namespace: "c", name: "default", isServiceAccount: true, state: "unknown" },
  ]);
  assertAsBefore(it, before, verdict.kind === "failed" ? verdict.notRestored : []);
  assert.deepEqual(it.dump(), before.secrets);
});

Deno.test("only the service account that cannot be rolled back is named, and the others are rolled back", async () => {
  const it = accountCluster();
  it.fault = ({ method }) =>
    method === "attach" ? { kind: "reject", item: 2, error: "forbidden" } : undefined;
  let asked = 0;
  const over = rejectingUses("detach", ({ namespace }) => {
    if (namespace === "a") return "forbidden";
    return ++asked === 1 ? "busy" : undefined;
  });
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL, over });
  const left = verdict.kind === "failed" ? verdict.notRestored : [];
  assert.deepEqual(left, [
    { namespace: "a", name: "default", isServiceAccount: true, state: "unknown" },
  ]);
  assertAsBefore(it, before, left);
});

Deno.test("a service account whose change got no response is rolled back, too, when the write fails", async () => {
  const it = accountCluster();
  let attached = 0;
  it.fault = ({ method }) => {
    if (method !== "attach") return undefined;
    // The changes in a and b were carried out, but the one in b got no response.
    return ++attached === 1
      ? { kind: "cut", item: 1, applied: true }
      : { kind: "throw", error: "forbidden" };
  };
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind === "failed" && verdict.error.kind, "forbidden");
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assertAsBefore(it, before);
});

Deno.test("a service account that somebody else has deleted is not rolled back", async () => {
  const it = accountCluster();
  it.fault = ({ method }) => {
    if (method === "attach") return { kind: "reject", item: 2, error: "forbidden" };
    return method === "detach"
      ? { kind: "meanwhile", act: (cluster) => cluster.accounts.delete("a/default") }
      : undefined;
  };
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  const { "a/default": _, ...accounts } = before.accounts;
  assertAsBefore(it, { ...before, accounts });
});

Deno.test("a pull secret that somebody else has removed meanwhile is not added again", async () => {
  const it = accountCluster();
  it.fault = ({ method }) => {
    if (method === "attach") return { kind: "reject", item: 2, error: "forbidden" };
    return method === "detach"
      ? {
        kind: "meanwhile",
        act: (cluster) => cluster.putAccount({ namespace: "a", name: "default", pullSecrets: [] }),
      }
      : undefined;
  };
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.accounts.get("a/default")!.pullSecrets, []);
});

Deno.test("when a secret fails, no service account is changed", async () => {
  const it = accountCluster();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const before = worldOf(it);
  const verdict = await runWrite(it, pullSecrets(), { attach: ALL });
  assert.equal(verdict.kind, "failed");
  assertAsBefore(it, before);
  assert.ok(it.calls.every(({ method }) => method !== "attach" && method !== "detach"));
});

Deno.test("concurrent requests for the same service accounts add each secret once", async () => {
  const it = accountCluster();
  const uses = (secret: string) => ALL.map((use) => ({ ...use, secret }));
  const verdicts = await Promise.all(
    ["pull", "second", "third"].map((name) =>
      runWrite(it, pullSecrets("new", { name }), { attach: uses(name) })
    ),
  );
  assert.deepEqual(verdicts.map(({ kind }) => kind), ["written", "written", "written"]);
  for (const namespace of ["a", "b", "c", "d"]) {
    const now = it.accounts.get(`${namespace}/default`)!.pullSecrets;
    assert.deepEqual([...now].sort(), ["other", "pull", "second", "third"]);
  }
  assert.ok(PULL_KEYS.every((key) => it.secrets.has(key)));
});
