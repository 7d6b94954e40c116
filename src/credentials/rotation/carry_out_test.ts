import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import fc from "fast-check";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { LAST_APPLIED } from "../../kube/manifest.ts";
import { refKey } from "../../kube/store.ts";
import { ANY_FAULTS, FAULTS, killAt } from "../fake/faults.ts";
import { NEW, newOf, OLD, old, textsOf } from "../fake/rotation.ts";
import { clusterToRotate, HOLDING, runRotation } from "../fake/rotation_run.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { LABELS } from "../fake/desired.ts";
import { EXPIRES_ANNOTATION } from "../kinds/expires_annotation.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/desired_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import type { RotationVerdict } from "./carry_out.ts";

/** `old`, `new` or, where a secret has both or neither, `half`. */
function valueIn(cluster: FakeCluster, key: string): string {
  const secret = cluster.secrets.get(key);
  if (secret === undefined) return "missing";
  const texts = textsOf(secret);
  const config = texts[".dockerconfigjson"];
  const login = config === undefined ? texts : JSON.parse(config).auths["ghcr.io"];
  const all = [login.password, ...login.auth === undefined ? [] : [atob(login.auth).slice(6)]];
  if (all.every((each) => each === OLD)) return "old";
  return all.every((each) => each === NEW) ? "new" : "half";
}

const valuesIn = (cluster: FakeCluster) => HOLDING.map((key) => valueIn(cluster, key));

/** Fails unless each secret is old or new as a whole, and the verdict is correct for each. */
function checkTruth(
  cluster: FakeCluster,
  before: Record<string, unknown>,
  { verdict }: RotationVerdict,
): void {
  const after = cluster.dump();
  assert.deepEqual(after["a/bystander"], before["a/bystander"]);
  if (verdict.kind === "written") {
    assert.deepEqual(valuesIn(cluster), HOLDING.map(() => "new"));
    return;
  }
  const named = verdict.kind === "failed" ? verdict.notRestored : [];
  for (const key of HOLDING) {
    const state = named.find((each) => refKey(each) === key)?.state;
    if (state === undefined) assert.deepEqual(after[key], before[key], `${key} is not as before`);
    else if (state === "new") assert.equal(valueIn(cluster, key), "new");
    else assert.ok(["old", "new"].includes(valueIn(cluster, key)), `${key} is ${state}`);
  }
}

Deno.test("all secrets of a cluster are rewritten by one read and one replace after the plan's reads", async () => {
  const it = clusterToRotate();
  const { verdict, plan } = await runRotation(it, { writeId: "rotation.w1" });
  assert.equal(plan.status, "rotates");
  assert.equal(verdict.kind, "written");
  assert.deepEqual(
    verdict.kind === "written" && verdict.secrets.map((each) => [refKey(each), each.action]),
    HOLDING.map((key) => [key, "replaced"]),
  );
  assert.deepEqual(valuesIn(it), HOLDING.map(() => "new"));
  assert.deepEqual(it.calls.map(({ method }) => method), [
    "listData",
    "listData",
    "read",
    "replace",
  ]);
  for (const key of HOLDING) {
    assert.equal(it.secrets.get(key)!.annotations[WRITE_ANNOTATION], "rotation.w1");
    assert.equal(it.secrets.get(key)!.annotations["team.example/note"], "keep");
  }
  assert.equal(
    JSON.parse(textsOf(it.secrets.get("a/pull")!)[".dockerconfigjson"]!).auths["quay.io"].auth,
    btoa("u:other"),
  );
});

Deno.test("repeating a rotation changes and writes nothing", async () => {
  const it = clusterToRotate();
  await runRotation(it);
  const versions = () => [...it.secrets.values()].map(({ resourceVersion }) => resourceVersion);
  const before = versions();
  it.calls = [];
  const { plan } = await runRotation(it);
  assert.equal(plan.status, "unchanged");
  assert.deepEqual(plan.unchanged.map(refKey), HOLDING);
  assert.deepEqual(versions(), before);
});

Deno.test("a rotation with both values exchanged restores the state before", async () => {
  const it = clusterToRotate();
  const before = it.dump();
  await runRotation(it, { writeId: "w1" });
  await runRotation(it, { sought: old(NEW), set: newOf({ password: OLD }), writeId: "w0" });
  assert.deepEqual(it.dump(), before);
});

Deno.test("labels and annotations of others are kept, and kubectl's copy of the values is removed", async () => {
  const it = clusterToRotate();
  const secret = it.secrets.get("b/pull")!;
  it.put({
    ...secret,
    labels: { ...secret.labels, [MANAGED_BY_LABEL]: "someone" },
    annotations: { ...secret.annotations, [LAST_APPLIED]: `with ${OLD}` },
    finalizers: ["team.example/x"],
    ownerReferences: undefined,
  });
  await runRotation(it, { writeId: "w1" });
  const { labels, annotations, type, finalizers } = it.secrets.get("b/pull")!;
  assert.deepEqual(labels, { ...secret.labels, [MANAGED_BY_LABEL]: "someone" });
  assert.deepEqual(annotations, { "team.example/note": "keep", [WRITE_ANNOTATION]: "w1" });
  assert.deepEqual([type, finalizers], [secret.type, ["team.example/x"]]);
});

Deno.test("the declared expiry of the old value is removed, and that of the new value is written", async () => {
  for (
    const [expires, other] of [[undefined, undefined], ["2027-01-31T00:00:00.000Z", "2027-02-01"]]
  ) {
    const it = clusterToRotate();
    for (const key of HOLDING) {
      const secret = it.secrets.get(key)!;
      it.put({
        ...secret,
        annotations: { ...secret.annotations, [EXPIRES_ANNOTATION]: "2026-12-31" },
      });
    }
    it.put({
      namespace: "c",
      name: "pull",
      labels: LABELS,
      annotations: { [EXPIRES_ANNOTATION]: "2026-12-31" },
    });
    await runRotation(it, { expires });
    const told = (key: string) => it.secrets.get(key)!.annotations[EXPIRES_ANNOTATION];
    assert.deepEqual(HOLDING.map(told), HOLDING.map(() => expires));
    assert.equal(told("c/pull"), "2026-12-31");
    // An unchanged secret is not written for another expiry.
    await runRotation(it, { expires: other });
    assert.deepEqual(HOLDING.map(told), HOLDING.map(() => expires));
  }
});

Deno.test("a dry run reports the changes of each secret, without a value, and changes nothing", async () => {
  const it = clusterToRotate();
  const before = it.dump();
  const { verdict } = await runRotation(it, { dryRun: true });
  assert.ok(verdict.kind === "written" && verdict.dryRun);
  assert.deepEqual(
    verdict.secrets.map((each) => [refKey(each), each.changes]),
    [
      ["a/pull", [{
        field: "data..dockerconfigjson",
        before: "ghcr.io (robot), quay.io (u)",
        after: "ghcr.io (robot, another password), quay.io (u)",
      }]],
      ["argocd/pull-iu", [{ field: "data.password", before: "***", after: "***" }]],
      ["argocd/repo", [{ field: "data.password", before: "***", after: "***" }]],
      ["b/pull", [{
        field: "data..dockerconfigjson",
        before: "ghcr.io (robot), quay.io (u)",
        after: "ghcr.io (robot, another password), quay.io (u)",
      }]],
    ],
  );
  assert.deepEqual(it.dump(), before);
  assert.ok(!Deno.inspect(verdict, { depth: 20 }).includes(NEW));
});

Deno.test("a dry run shows no token that is stored as a user name, whatever its form", async () => {
  const it = clusterToRotate("other");
  const ours = { labels: { ...LABELS, [MANAGED_BY_LABEL]: MANAGED_BY } };
  const base64 = (text: string) => encodeBase64Text(text);
  it.put({ namespace: "a", name: "x", type: "kubernetes.io/dockerconfigjson", ...ours }, {
    ".dockerconfigjson": base64(
      JSON.stringify({ auths: { "ghcr.io": { auth: base64(`${OLD}:`) } } }),
    ),
  });
  const labels = { ...ours.labels, [SECRET_TYPE_LABEL]: "repository" };
  it.put({ namespace: "argocd", name: "x", labels }, {
    url: base64(`https://${OLD}@host/x`),
    username: base64(OLD),
  });
  const told = await runRotation(it, { dryRun: true });
  assert.equal(told.verdict.kind === "written" && told.verdict.secrets.length, 2);
  const text = JSON.stringify(told) + Deno.inspect(told, { depth: 20 });
  for (const value of [OLD, NEW]) assert.ok(!text.includes(value), text);
});

// --- only in the version that was read ----------------------------------------------------------

const CHANGES: [what: string, change: (it: FakeCluster) => void][] = [
  ["was written by somebody else", (it) => {
    const secret = it.secrets.get("argocd/repo")!;
    it.put(secret, { ...secret.data.reveal(), project: btoa("x") });
  }],
  ["got a label", (it) => {
    const secret = it.secrets.get("argocd/repo")!;
    it.put({ ...secret, labels: { ...secret.labels, x: "y" } });
  }],
  ["was deleted", (it) => void it.secrets.delete("argocd/repo")],
  ["was deleted and created again", (it) => {
    const { uid: _, ...secret } = it.secrets.get("argocd/repo")!;
    it.put(secret);
  }],
];

for (const [what, change] of CHANGES) {
  Deno.test(`a secret that ${what} since the plan fails its cluster, with nothing written`, async () => {
    const it = clusterToRotate();
    let before = {};
    const { verdict } = await runRotation(it, {
      between: () => {
        change(it);
        before = it.dump();
      },
    });
    assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [
      { kind: "changed", ref: { namespace: "argocd", name: "repo" } },
    ]);
    assert.deepEqual(it.dump(), before);
    // The same request again continues from the current state.
    assert.equal((await runRotation(it)).verdict.kind, "written");
    assert.equal(valueIn(it, "argocd/repo"), what === "was deleted" ? "missing" : "new");
  });

  Deno.test(`a secret that ${what} during the write fails its cluster, and all others are restored`, async () => {
    const it = clusterToRotate();
    const before = it.dump();
    it.fault = ({ method }) => {
      if (method !== "replace") return undefined;
      it.fault = () => undefined;
      return { kind: "meanwhile", act: change };
    };
    const { verdict } = await runRotation(it);
    assert.notEqual(verdict.kind, "written");
    const after = it.dump();
    for (const key of HOLDING) if (key !== "argocd/repo") assert.deepEqual(after[key], before[key]);
    assert.notEqual(valueIn(it, "argocd/repo"), "new");
    if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
  });

  Deno.test(`an immutable secret that ${what} while it is recreated stays as it is then`, async () => {
    const it = clusterToRotate();
    it.put({ ...it.secrets.get("argocd/repo")!, immutable: true });
    let before: Record<string, unknown> = {};
    it.fault = ({ method }) => {
      if (method !== "remove") return undefined;
      it.fault = () => undefined;
      return {
        kind: "meanwhile",
        act: (cluster) => {
          change(cluster);
          before = cluster.dump();
        },
      };
    };
    const { verdict } = await runRotation(it, { force: true });
    assert.equal(verdict.kind, "refused");
    assert.deepEqual(it.dump()["argocd/repo"], before["argocd/repo"]);
    assert.deepEqual(valuesIn(it).filter((value) => value === "new"), []);
  });
}

Deno.test("force recreates an immutable secret, immutable again, after all others are written", async () => {
  const it = clusterToRotate();
  it.put({ ...it.secrets.get("argocd/repo")!, immutable: true });
  const { verdict } = await runRotation(it, { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(valueIn(it, "argocd/repo"), "new");
  assert.equal(it.secrets.get("argocd/repo")!.immutable, true);
  assert.equal(it.secrets.get("argocd/repo")!.labels[SECRET_TYPE_LABEL], "repository");
  assert.deepEqual(it.calls.slice(2).map(({ method }) => method), [
    "read",
    "replace",
    "remove",
    "create",
  ]);
});

Deno.test("a namespace that is being deleted blocks nothing: its secrets are listed as left", async () => {
  const it = clusterToRotate();
  it.namespaces.set("b", "Terminating");
  const { verdict, status, left } = await runRotation(it);
  assert.deepEqual([verdict.kind, status], ["written", "rotated"]);
  assert.deepEqual(valuesIn(it), ["new", "new", "new", "old"]);
  assert.deepEqual(left.map(({ reason, message, keys }) => [reason, message, keys]), [[
    "being_deleted",
    "Secret b/pull is being deleted with its namespace",
    ["ghcr.io"],
  ]]);
  for (const namespace of ["a", "argocd"]) it.namespaces.set(namespace, "Terminating");
  const again = clusterToRotate();
  for (const namespace of ["a", "b", "argocd"]) again.namespaces.set(namespace, "Terminating");
  const all = await runRotation(again);
  assert.deepEqual([all.status, all.left.length], ["not_found", 4]);
  assert.deepEqual(valuesIn(again), HOLDING.map(() => "old"));
});

// --- faults -------------------------------------------------------------------------------------

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a rotation: old or new, and the verdict is correct`, async () => {
    for (let at = 2; at < 8; at++) {
      const it = clusterToRotate();
      const before = it.dump();
      it.fault = ({ index }) => index === at ? fault : undefined;
      if (fault.kind === "bug" && at === 2) {
        await assert.rejects(runRotation(it), TypeError);
        assert.deepEqual(it.dump(), before);
        continue;
      }
      const ran = await runRotation(it);
      checkTruth(it, before, ran);
      if (ran.verdict.kind === "failed") assert.deepEqual(ran.verdict.notRestored, []);
      it.fault = () => undefined;
      await runRotation(it);
      assert.deepEqual(valuesIn(it), HOLDING.map(() => "new"));
    }
  });
}

Deno.test("faults at several calls: old or new, and the same request again completes it", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 10 }), fc.boolean(), async (faults, force) => {
      const it = clusterToRotate();
      if (force) it.put({ ...it.secrets.get("argocd/repo")!, immutable: true });
      const before = it.dump();
      // The plan's own reads come first.
      it.fault = ({ index }) => faults[index - 2];
      const ran = await runRotation(it, { seconds: 0.05, force });
      if (!force || ran.verdict.kind === "written") checkTruth(it, before, ran);
      it.fault = () => undefined;
      const again = await runRotation(it, { force });
      if (valueIn(it, "argocd/repo") === "missing") {
        // It was deleted to be recreated, and the cluster accepted no further call, so it is named.
        const named = ran.verdict.kind === "failed" ? ran.verdict.notRestored.map(refKey) : [];
        assert.ok(named.includes("argocd/repo"));
        return;
      }
      assert.deepEqual(valuesIn(it), HOLDING.map(() => "new"), again.verdict.kind);
    }),
    { numRuns: 300 },
  );
});

Deno.test("killed at each call after each item: old or new, and the same request again completes it", async () => {
  let kills = 0;
  for (let at = 0; at < 6; at++) {
    for (let after = 0; after <= 4; after++) {
      const it = clusterToRotate();
      if (!await killAt(it, { at, after }, () => runRotation(it))) continue;
      kills++;
      assert.ok(valuesIn(it).every((value) => value === "old" || value === "new"));
      await runRotation(it);
      assert.deepEqual(valuesIn(it), HOLDING.map(() => "new"));
    }
  }
  // Two lists, a read and a replace.
  assert.equal(kills, 4 * 5);
});

Deno.test("neither a plan nor a verdict shows a value", async () => {
  const it = clusterToRotate();
  it.fault = ({ method }) =>
    method === "replace" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const told = await runRotation(it);
  const text = JSON.stringify(told) + Deno.inspect(told, { depth: 20 });
  for (const value of [OLD, NEW]) {
    assert.ok(!text.includes(value) && !text.includes(btoa(`robot:${value}`)));
  }
});
