import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { type Deadline, deadlineIn } from "../deadline.ts";
import type { ItemOutcome, SecretStore } from "../store.ts";
import { FakeCluster, type StoreFault } from "./store.ts";

/** Simulated failures at namespaces and service accounts, on which tests of use-cases rely. */

type Write = (store: SecretStore, deadline: Deadline, dryRun?: boolean) => Promise<ItemOutcome[]>;

const names = ["a", "b", "c"];
const uses = names.map((serviceAccount) => ({ namespace: "n", serviceAccount, secret: "x" }));

/** The failures, each with the changes before it. */
const WRITES: [method: string, write: Write, changed: (cluster: FakeCluster) => string[]][] = [
  [
    "createNamespaces",
    (store, deadline, dryRun) => store.createNamespaces(names, deadline, { dryRun }),
    ({ namespaces }) => [...namespaces.keys()].filter((name) => name !== "n"),
  ],
  [
    "attach",
    (store, deadline, dryRun) => store.attach(uses, deadline, { dryRun }),
    ({ accounts }) => namesOf(accounts, (secrets) => secrets.includes("x")),
  ],
  [
    "detach",
    (store, deadline, dryRun) =>
      store.detach(uses.map((use) => ({ ...use, secret: "old" })), deadline, { dryRun }),
    ({ accounts }) => namesOf(accounts, (secrets) => !secrets.includes("old")),
  ],
];

function namesOf(
  accounts: FakeCluster["accounts"],
  changed: (secrets: readonly string[]) => boolean,
): string[] {
  return [...accounts.values()].filter(({ pullSecrets }) => changed(pullSecrets))
    .map(({ name }) => name);
}

function filled(fault?: StoreFault): FakeCluster {
  const cluster = new FakeCluster();
  cluster.namespaces.set("n", "Active");
  for (const name of names) cluster.putAccount({ namespace: "n", name, pullSecrets: ["old"] });
  cluster.fault = () => fault;
  return cluster;
}

const kinds = (outcomes: readonly ItemOutcome[]) =>
  outcomes.map((outcome) => "error" in outcome ? `${outcome.kind} ${outcome.error.kind}` : "done");

for (const [method, write, changed] of WRITES) {
  Deno.test(`${method} is counted with its items, and changes them`, async () => {
    const cluster = filled();
    assert.deepEqual(kinds(await write(cluster.store(), deadlineIn(9))), ["done", "done", "done"]);
    assert.deepEqual(changed(cluster), names);
    assert.deepEqual(cluster.calls, [{ method, index: 0, items: 3 }]);
  });

  Deno.test(`a dry run of ${method} is counted as one, and changes nothing`, async () => {
    const cluster = filled();
    const outcomes = await write(cluster.store(), deadlineIn(9), true);
    assert.deepEqual(kinds(outcomes), ["done", "done", "done"]);
    assert.deepEqual(changed(cluster), []);
    assert.deepEqual(cluster.calls, [{ method, index: 0, items: 3, dryRun: true }]);
  });

  Deno.test(`${method} can be rejected, cut off and killed at an item`, async () => {
    const rejected = filled({ kind: "reject", item: 1, error: "forbidden" });
    assert.deepEqual(
      kinds(await write(rejected.store(), deadlineIn(9))),
      ["done", "rejected forbidden", "done"],
    );
    assert.deepEqual(changed(rejected), ["a", "c"]);

    for (const applied of [false, true]) {
      const cut = filled({ kind: "cut", item: 1, applied });
      assert.deepEqual(
        kinds(await write(cut.store(), deadlineIn(9))),
        ["done", "unknown unreachable", "unknown unreachable"],
      );
      assert.deepEqual(changed(cut), applied ? ["a", "b"] : ["a"]);
    }

    const killed = filled({ kind: "kill", after: 2 });
    const never = write(killed.store(), deadlineIn(9)).then(() => "answered");
    const later = new Promise((resolve) => setTimeout(resolve, 20, "nothing"));
    assert.equal(await Promise.race([never, later]), "nothing");
    assert.deepEqual(changed(killed), ["a", "b"]);
  });

  Deno.test(`${method} can hang to its deadline, fail as a whole and have a bug`, async () => {
    using _clock = fakeClock({ runs: true });
    const hung = filled({ kind: "hang" });
    const unknown = Array.from(names, () => "unknown timeout");
    assert.deepEqual(kinds(await write(hung.store(), deadlineIn(0.05))), unknown);
    assert.deepEqual(changed(hung), []);
    const thrown = filled({ kind: "throw", error: "busy" });
    await assert.rejects(write(thrown.store(), deadlineIn(9)), { kind: "busy" });
    await assert.rejects(write(filled({ kind: "bug" }).store(), deadlineIn(9)), TypeError);
  });
}

const READS: [
  method: string,
  read: (store: SecretStore, deadline: Deadline) => Promise<unknown>,
][] = [
  ["namespaces", (store, deadline) => store.namespaces(undefined, deadline)],
  ["listData", (store, deadline) => store.listData({ type: "a" }, deadline)],
  ["serviceAccounts", (store, deadline) => store.serviceAccounts(undefined, deadline)],
];

for (const [method, read] of READS) {
  Deno.test(`${method} can hang, be cut off and fail`, async () => {
    using _clock = fakeClock({ runs: true });
    const cluster = filled({ kind: "hang" });
    await assert.rejects(read(cluster.store(), deadlineIn(0.05)), { kind: "timeout" });
    assert.deepEqual(cluster.calls, [{ method, index: 0, items: 1 }]);
    const cut = filled({ kind: "cut", item: 0, applied: false });
    await assert.rejects(read(cut.store(), deadlineIn(9)), { kind: "unreachable" });
    const thrown = filled({ kind: "throw", error: "forbidden" });
    await assert.rejects(read(thrown.store(), deadlineIn(9)), { kind: "forbidden" });
  });
}

Deno.test("without the right to read namespaces, they cannot be listed", async () => {
  const cluster = filled();
  cluster.mayReadNamespaces = false;
  await assert.rejects(cluster.store().namespaces("a", deadlineIn(9)), { kind: "forbidden" });
});

Deno.test("selectors match as in Kubernetes", async () => {
  const cluster = new FakeCluster();
  const labels = { one: { env: "prod", tier: "a" }, two: { env: "dev" }, three: {} };
  for (const [name, of] of Object.entries(labels)) {
    cluster.namespaces.set(name, "Active");
    cluster.namespaceLabels.set(name, of);
  }
  const rows: [selector: string | undefined, names: string[]][] = [
    [undefined, ["one", "two", "three"]],
    ["", ["one", "two", "three"]],
    ["env", ["one", "two"]],
    ["!env", ["three"]],
    ["env=prod", ["one"]],
    ["env==prod", ["one"]],
    ["env = dev", ["two"]],
    ["env!=prod", ["two", "three"]],
    ["env in (prod, dev)", ["one", "two"]],
    ["env notin (prod)", ["two", "three"]],
    ["env in (prod,dev),tier", ["one"]],
    ["env,!tier", ["two"]],
    ["env in (prod),env notin (prod)", []],
    ["kubernetes.io/metadata.name=three", ["three"]],
  ];
  for (const [selector, names] of rows) {
    const found = await cluster.store().namespaces(selector, deadlineIn(9));
    assert.deepEqual([...found.keys()], names, String(selector));
  }
});
