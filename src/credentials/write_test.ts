import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeCluster, type StoreFault } from "../kube/fake/store.ts";
import { refKey } from "../kube/store.ts";
import { seal } from "../log/sealed.ts";
import { DOCKER_CONFIG_TYPE, dockerSecrets } from "./kinds/docker.ts";
import { type DesiredSecret, REQUEST_ANNOTATION } from "./kinds/kind.ts";
import { repositorySecrets } from "./kinds/repository.ts";
import { parseRepositoryUrl } from "./kinds/url.ts";
import { write, type WriteVerdict } from "./write.ts";
import { Locks } from "./write/locks.ts";

const LABELS = { "mcops.tech/secret-type": "docker-creds" };
const NAMESPACES = ["a", "b", "c", "d", "argocd"];

/** Namespaces a and c are empty; b, d and argocd hold an old secret, with marks of others. */
function cluster(): FakeCluster {
  const cluster = new FakeCluster();
  for (const namespace of NAMESPACES) cluster.namespaces.set(namespace, "Active");
  for (const namespace of ["b", "d", "argocd"]) {
    cluster.put({
      namespace,
      name: "pull",
      type: DOCKER_CONFIG_TYPE,
      labels: { ...LABELS, "team.example/owner": "ops" },
      annotations: { "team.example/note": "keep" },
      finalizers: [],
    }, { ".dockerconfigjson": "b2xk" });
  }
  cluster.put({ namespace: "a", name: "bystander" }, { key: "dmFsdWU=" });
  return cluster;
}

function docker(password: string): DesiredSecret[] {
  return dockerSecrets({
    name: "pull",
    namespaces: ["a", "b", "c", "d"],
    argocdNamespace: "argocd",
    credentials: [{ registry: "ghcr.io", username: "user", password: seal(password) }],
    merge: false,
    gitWriteBack: false,
    labels: LABELS,
  });
}

function helm(options: { name?: string; url?: string; password?: string } = {}): DesiredSecret[] {
  const { name = "repo", url = "https://charts.example.com/x", password = "new" } = options;
  const parsed = parseRepositoryUrl(url);
  assert.ok(parsed.ok);
  const { secret, template } = repositorySecrets(
    {
      as: "repository",
      type: "helm",
      argocdNamespace: "argocd",
      credential: { kind: "password", username: "user", password: seal(password) },
      options: {},
      template: true,
    },
    name,
    parsed.value,
  );
  return template === undefined ? [secret] : [secret, template];
}

interface Options {
  upsert?: boolean;
  force?: boolean;
  seconds?: number;
  locks?: Locks;
  writeId?: string;
}

async function run(
  cluster: FakeCluster,
  secrets: readonly DesiredSecret[],
  options: Options = {},
): Promise<WriteVerdict & { faults: unknown[] }> {
  const { upsert = true, force = false, seconds = 20 } = options;
  const faults: unknown[] = [];
  const verdict = await write({
    cluster: "test",
    secrets,
    permissions: { upsert, force },
    writeId: options.writeId ?? crypto.randomUUID(),
  }, {
    store: cluster.store(),
    locks: options.locks ?? new Locks(),
    seconds,
    putBackSeconds: () => seconds,
    onFault: (error) => faults.push(error),
    // Short, but a turn of the event loop: deadlines are timers.
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  });
  return { ...verdict, faults };
}

function passwordOf(cluster: FakeCluster, key: string): string | undefined {
  const secret = cluster.secrets.get(key);
  const data = secret?.data.reveal() ?? {};
  if (data[".dockerconfigjson"] === undefined) return data.password && atob(data.password);
  const text = atob(data[".dockerconfigjson"]);
  return text === "old" ? "old" : JSON.parse(text).auths["ghcr.io"].password;
}

const keys = docker("x").map(refKey);

/** Every secret is old or new, and the verdict says the truth about each. */
function checkTruth(
  cluster: FakeCluster,
  before: Record<string, unknown>,
  verdict: WriteVerdict,
): void {
  const after = cluster.dump();
  for (const key of keys) {
    const state = passwordOf(cluster, key);
    const expected = key in before ? ["old", "new"] : [undefined, "new"];
    assert.ok(expected.includes(state), `${key} is half: ${state}`);
  }
  assert.deepEqual(after["a/bystander"], before["a/bystander"]);
  if (verdict.kind === "written") {
    for (const key of keys) assert.equal(passwordOf(cluster, key), "new");
    return;
  }
  const notRestored = new Map(
    verdict.kind === "failed" ? verdict.notRestored.map((each) => [refKey(each), each.state]) : [],
  );
  for (const key of keys) {
    const state = notRestored.get(key);
    if (state === undefined) assert.deepEqual(after[key], before[key], `${key} is not as before`);
    if (state === "new") assert.equal(passwordOf(cluster, key), "new");
    if (state === "missing") assert.equal(after[key], undefined);
  }
}

Deno.test("an upsert creates what is missing and replaces what is there", async () => {
  const it = cluster();
  const verdict = await run(it, docker("new"));
  assert.equal(verdict.kind, "written");
  assert.deepEqual(
    verdict.kind === "written" &&
      verdict.secrets.map(({ namespace, action }) => [namespace, action]),
    [["a", "created"], ["b", "replaced"], ["c", "created"], ["d", "replaced"], [
      "argocd",
      "replaced",
    ]],
  );
  checkTruth(it, cluster().dump(), verdict);
});

Deno.test("one process reads, one creates, one replaces", async () => {
  const it = cluster();
  await run(it, docker("new"));
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [
    ["read", 5],
    ["create", 2],
    ["replace", 3],
  ]);
});

Deno.test("what others put on a secret stays, kubectl's copy of the values goes", async () => {
  const it = cluster();
  const old = it.secrets.get("b/pull")!;
  it.put({
    ...old,
    labels: { ...old.labels, "app.kubernetes.io/managed-by": "Helm" },
    annotations: {
      ...old.annotations,
      "kubectl.kubernetes.io/last-applied-configuration": "with the old password",
    },
  }, old.data.reveal());
  await run(it, docker("new"), { writeId: "w1" });
  const now = it.secrets.get("b/pull")!;
  assert.deepEqual(now.annotations, { "team.example/note": "keep", [REQUEST_ANNOTATION]: "w1" });
  assert.equal(now.labels["team.example/owner"], "ops");
  assert.equal(now.labels["app.kubernetes.io/managed-by"], "Helm");
  assert.equal(
    it.secrets.get("a/pull")!.labels["app.kubernetes.io/managed-by"],
    "argocd-configurer",
  );
});

Deno.test("a secret that another program looks after is left alone, unless it is forced", async () => {
  const it = cluster();
  const old = it.secrets.get("b/pull")!;
  const owners = [{ apiVersion: "v1", kind: "ExternalSecret", name: "pull-of-b", uid: "1" }];
  it.put({ ...old, ownerReferences: owners }, old.data.reveal());
  const before = it.dump();
  const refused = await run(it, docker("new"));
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [
    { kind: "owned", ref: { namespace: "b", name: "pull" }, owner: "ExternalSecret 'pull-of-b'" },
  ]);
  assert.deepEqual(it.dump(), before);
  assert.equal((await run(it, docker("new"), { force: true })).kind, "written");
  assert.deepEqual(it.secrets.get("b/pull")!.ownerReferences, owners);
});

Deno.test("the same value again is unchanged and writes nothing", async () => {
  const it = cluster();
  await run(it, docker("new"));
  const versions = [...it.secrets.values()].map(({ resourceVersion }) => resourceVersion);
  it.calls = [];
  const verdict = await run(it, docker("new"));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ action }) => action), [
    ...Array(5).fill("unchanged"),
  ]);
  assert.deepEqual(it.calls.map(({ method }) => method), ["read"]);
  assert.deepEqual(
    [...it.secrets.values()].map(({ resourceVersion }) => resourceVersion),
    versions,
  );
});

// --- what is refused, and changes nothing -------------------------------------------------------

const REFUSED: [
  what: string,
  kinds: string[],
  prepare: (it: FakeCluster) => void,
  options: Options,
][] = [
  ["secrets that exist, without upsert", ["exists", "exists", "exists"], () => {}, {
    upsert: false,
  }],
  ["namespaces that do not exist", ["namespace_missing", "namespace_missing"], (it) => {
    it.namespaces.delete("a");
    it.namespaces.delete("c");
  }, {}],
  ["a namespace that is being deleted", ["namespace_terminating"], (it) => {
    it.namespaces.set("c", "Terminating");
  }, {}],
  ["a foreign secret, with upsert too", ["foreign"], (it) => {
    it.put({ namespace: "a", name: "pull", type: "Opaque" });
  }, {}],
  [
    "a foreign secret, with force but not upsert",
    ["exists", "exists", "exists", "exists"],
    (it) => {
      it.put({ namespace: "a", name: "pull", type: "Opaque" });
    },
    { upsert: false, force: true },
  ],
  ["a change of type", ["type_change"], (it) => {
    it.put({ namespace: "a", name: "pull", type: "Opaque", labels: LABELS });
  }, {}],
  ["an immutable secret", ["immutable"], (it) => {
    it.put({ ...it.secrets.get("b/pull")!, immutable: true }, { ".dockerconfigjson": "b2xk" });
  }, {}],
  ["a forced change of what has finalizers", ["finalizers"], (it) => {
    it.put({ namespace: "a", name: "pull", labels: LABELS, finalizers: ["x/y"] });
  }, { force: true }],
  ["a secret that is being deleted", ["being_deleted"], (it) => {
    it.put({ ...it.secrets.get("b/pull")!, deletionTimestamp: "2026-01-01T00:00:00Z" });
  }, {}],
];

for (const [what, kinds, prepare, options] of REFUSED) {
  Deno.test(`refused with nothing written: ${what}`, async () => {
    const it = cluster();
    prepare(it);
    const before = it.dump();
    const verdict = await run(it, docker("new"), options);
    assert.equal(verdict.kind, "refused");
    assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), kinds);
    assert.deepEqual(it.dump(), before);
    assert.ok(it.calls.every(({ method }) => method === "read"));
  });
}

Deno.test("force replaces a foreign secret, its own data gone, others' marks kept", async () => {
  const it = cluster();
  it.put({ namespace: "a", name: "pull", type: DOCKER_CONFIG_TYPE, labels: { x: "y" } }, {
    ".dockerconfigjson": "b2xk",
  });
  const verdict = await run(it, docker("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(it.secrets.get("a/pull")!.labels.x, "y");
});

Deno.test("force deletes and creates what has another type, after all else is written", async () => {
  const it = cluster();
  it.put({ namespace: "a", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
  const verdict = await run(it, docker("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(it.secrets.get("a/pull")!.type, DOCKER_CONFIG_TYPE);
  assert.deepEqual(it.calls.map(({ method }) => method), [
    "read",
    "create",
    "replace",
    "remove",
    "create",
  ]);
});

Deno.test("without the right to read namespaces a missing one shows at the write", async () => {
  const it = cluster();
  it.mayReadNamespaces = false;
  it.namespaces.delete("c");
  const before = it.dump();
  const verdict = await run(it, docker("new"));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "namespace_missing",
  ]);
  assert.deepEqual(it.dump(), before);
});

// --- faults at every call -----------------------------------------------------------------------

const FAULTS: [name: string, fault: StoreFault][] = [
  ["nothing sent", { kind: "throw", error: "unreachable" }],
  ["busy", { kind: "throw", error: "busy" }],
  ["first rejected", { kind: "reject", item: 0, error: "forbidden" }],
  ["second rejected", { kind: "reject", item: 1, error: "invalid" }],
  ["cut at the first, not carried out", { kind: "cut", item: 0, applied: false }],
  ["cut at the first, carried out", { kind: "cut", item: 0, applied: true }],
  ["cut at the second, not carried out", { kind: "cut", item: 1, applied: false }],
  ["cut at the second, carried out", { kind: "cut", item: 1, applied: true }],
  ["a bug", { kind: "bug" }],
];

/** A write in which something is rejected, so that the calls of the put-back come too. */
function doomed(it: FakeCluster): void {
  it.put({ namespace: "b", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
}

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a write: old or new, and the verdict is true`, async () => {
    for (let at = 0; at < 6; at++) {
      const it = cluster();
      const before = it.dump();
      it.fault = ({ index }) => index === at ? fault : undefined;
      if (fault.kind === "bug" && at === 0) {
        await assert.rejects(run(it, docker("new")), TypeError);
        assert.deepEqual(it.dump(), before);
        continue;
      }
      const verdict = await run(it, docker("new"));
      checkTruth(it, before, verdict);
      if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
      assert.equal(verdict.faults.length, fault.kind === "bug" && at < it.calls.length ? 1 : 0);
    }
  });

  Deno.test(`${name}, at each call of the put-back too: the verdict is true`, async () => {
    for (let at = 3; at < 10; at++) {
      const it = cluster();
      const before = it.dump();
      it.fault = ({ index, method }) => {
        if (index === at) return fault;
        return method === "create" && index < 3
          ? { kind: "reject", item: 1, error: "forbidden" }
          : undefined;
      };
      const verdict = await run(it, docker("new"));
      assert.equal(verdict.kind, "failed");
      checkTruth(it, before, verdict);
      assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
      assert.equal(verdict.kind === "failed" && verdict.error.kind, "forbidden");
    }
  });
}

Deno.test("faults at any calls at once: old or new, and the verdict is true", async () => {
  const anyFault = fc.constantFrom<StoreFault | undefined>(
    undefined,
    ...FAULTS.filter(([, { kind }]) => kind !== "bug").map(([, fault]) => fault),
    { kind: "reject", item: 0, error: "conflict" },
    { kind: "reject", item: 0, error: "exists" },
    { kind: "reject", item: 1, error: "timeout" },
    { kind: "hang" },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 12 }), fc.boolean(), async (faults, force) => {
      const it = cluster();
      if (force) it.put({ namespace: "a", name: "pull", labels: LABELS }, { key: "b2xk" });
      const before = it.dump();
      it.fault = ({ index }) => faults[index];
      const verdict = await run(it, docker("new"), { seconds: 0.05, force });
      if (!force) checkTruth(it, before, verdict);
      if (verdict.kind === "written") {
        for (const key of keys) assert.equal(passwordOf(it, key), "new");
      } else {
        const named = verdict.kind === "failed" ? verdict.notRestored.map(refKey) : [];
        const after = it.dump();
        for (const key of keys) {
          if (!named.includes(key)) assert.deepEqual(after[key], before[key], key);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("when the put-back cannot be done, what is left is named exactly", async () => {
  const it = cluster();
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
    return index >= 3 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  const verdict = await run(it, docker("new"), { seconds: 0.2 });
  assert.equal(verdict.kind, "failed");
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "pull", state: "new" },
    { namespace: "b", name: "pull", state: "new" },
    { namespace: "d", name: "pull", state: "new" },
    { namespace: "argocd", name: "pull", state: "new" },
  ]);
});

Deno.test("what was put back, but not answered for, is not said to be new", async () => {
  const it = cluster();
  it.fault = ({ method, index }) => {
    if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
    if (index < 3) return undefined;
    // The old values are there again, and nobody can say so before the end.
    return method === "read"
      ? { kind: "throw", error: "unreachable" }
      : { kind: "cut", item: 0, applied: true };
  };
  const before = it.dump();
  const verdict = await run(it, docker("new"), { seconds: 0.2 });
  assert.equal(verdict.kind, "failed");
  checkTruth(it, before, verdict);
  const states = verdict.kind === "failed" ? verdict.notRestored.map(({ state }) => state) : [];
  assert.ok(states.includes("unknown"), states.join());
});

Deno.test("what somebody changed since is left alone and reported", async () => {
  const it = cluster();
  it.fault = ({ method, index }) => {
    if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
    if (index !== 3) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) =>
        cluster.put({ ...cluster.secrets.get("b/pull")!, labels: { by: "others" } }),
    };
  };
  const verdict = await run(it, docker("new"));
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "b", name: "pull", state: "changed" },
  ]);
  assert.deepEqual(it.secrets.get("b/pull")!.labels, { by: "others" });
  assert.equal(passwordOf(it, "d/pull"), "old");
});

Deno.test("what somebody edits between two tries of a put-back is left alone too", async () => {
  const it = cluster();
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
    if (index === 3 || index === 4) return { kind: "throw", error: "unreachable" };
    if (index !== 5) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        // An edit keeps the annotation of who wrote last.
        const edited = { ".dockerconfigjson": "ZWRpdGVk" };
        for (const key of ["a/pull", "b/pull"]) cluster.put(cluster.secrets.get(key)!, edited);
      },
    };
  };
  const verdict = await run(it, docker("new"));
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "pull", state: "changed" },
    { namespace: "b", name: "pull", state: "changed" },
  ]);
  for (const key of ["a/pull", "b/pull"]) {
    assert.equal(it.secrets.get(key)!.data.reveal()[".dockerconfigjson"], "ZWRpdGVk");
  }
});

Deno.test("a conflict is read again and retried, and what the other one wrote stays", async () => {
  const it = cluster();
  it.fault = ({ method, index }) =>
    method === "replace" && index === 2
      ? {
        kind: "meanwhile",
        act: (cluster) => {
          const current = cluster.secrets.get("b/pull")!;
          cluster.put({ ...current, annotations: { ...current.annotations, by: "others" } });
        },
      }
      : undefined;
  const verdict = await run(it, docker("new"));
  assert.equal(verdict.kind, "written");
  assert.equal(passwordOf(it, "b/pull"), "new");
  assert.equal(it.secrets.get("b/pull")!.annotations.by, "others");
});

Deno.test("a put-back restores what the other one wrote, not what was there before that", async () => {
  const it = cluster();
  it.fault = ({ method, index }) => {
    // Somebody takes c with a secret of his own, which fails the write only when it is read again.
    if (method === "create" && index === 1) {
      return {
        kind: "meanwhile",
        act: (cluster) => cluster.put({ namespace: "c", name: "pull", type: "foreign" }),
      };
    }
    if (method !== "replace" || index !== 2) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        cluster.put({ ...cluster.secrets.get("b/pull")!, annotations: { by: "others" } });
      },
    };
  };
  const verdict = await run(it, docker("new"));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "foreign",
  ]);
  assert.deepEqual(it.secrets.get("b/pull")!.annotations, { by: "others" });
  assert.equal(passwordOf(it, "b/pull"), "old");
  assert.equal(it.secrets.has("a/pull"), false);
});

Deno.test("a race lost to another program without upsert is 'exists', all else put back", async () => {
  const it = new FakeCluster();
  for (const namespace of NAMESPACES) it.namespaces.set(namespace, "Active");
  it.fault = ({ method }) =>
    method === "create"
      ? {
        kind: "meanwhile",
        act: (cluster) => cluster.put({ namespace: "c", name: "pull", labels: LABELS }),
      }
      : undefined;
  const verdict = await run(it, docker("new"), { upsert: false });
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(
    verdict.kind === "refused" && verdict.refusals.map(({ kind, ref }) => [kind, ref.namespace]),
    [["exists", "c"]],
  );
  assert.deepEqual([...it.secrets.keys()], ["c/pull"]);
});

Deno.test("a forced change of type gets its old secret back when the new one fails", async () => {
  const it = cluster();
  doomed(it);
  const before = it.dump();
  let created = 0;
  it.fault = ({ method }) =>
    method === "create" && ++created === 2
      ? { kind: "reject", item: 0, error: "forbidden" }
      : undefined;
  const verdict = await run(it, docker("new"), { force: true });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a forced change of type goes on when somebody else has deleted the secret", async () => {
  const it = cluster();
  doomed(it);
  it.fault = ({ method }) =>
    method === "remove"
      ? { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") }
      : undefined;
  const verdict = await run(it, docker("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(passwordOf(it, "b/pull"), "new");
});

// --- the program dies ---------------------------------------------------------------------------

Deno.test("killed at each call after each item: old or new, and the next upsert completes it", async () => {
  for (let at = 0; at < 3; at++) {
    for (let after = 0; after <= 3; after++) {
      const it = cluster();
      it.fault = ({ index }) => index === at ? { kind: "kill", after } : undefined;
      void run(it, docker("new"));
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const key of keys) assert.ok(["old", "new", undefined].includes(passwordOf(it, key)));
      for (const key of ["b/pull", "d/pull", "argocd/pull"]) assert.ok(it.secrets.has(key));
      it.fault = () => undefined;
      const verdict = await run(it, docker("new"));
      assert.equal(verdict.kind, "written");
      for (const key of keys) assert.equal(passwordOf(it, key), "new");
    }
  }
});

// --- at once ------------------------------------------------------------------------------------

Deno.test("of twelve equal requests at once without upsert one creates, eleven find it exists", async () => {
  const it = new FakeCluster();
  for (const namespace of NAMESPACES) it.namespaces.set(namespace, "Active");
  const locks = new Locks();
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, () => run(it, docker("new"), { upsert: false, locks })),
  );
  const count = (kind: string) => verdicts.filter((verdict) => verdict.kind === kind).length;
  assert.deepEqual([count("written"), count("refused")], [1, 11]);
});

Deno.test("twelve at once from twelve programs: one whole value, and only one success", async () => {
  const it = new FakeCluster();
  for (const namespace of NAMESPACES) it.namespaces.set(namespace, "Active");
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, (_, i) => run(it, docker(`p${i}`), { upsert: false })),
  );
  const won = verdicts.findIndex(({ kind }) => kind === "written");
  assert.equal(verdicts.filter(({ kind }) => kind === "written").length, 1);
  for (const key of keys) assert.equal(passwordOf(it, key), `p${won}`);
});

Deno.test("fifty upserts of one key at once leave one whole value", async () => {
  const it = cluster();
  const locks = new Locks();
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, (_, i) => run(it, docker(`p${i}`), { locks })),
  );
  assert.ok(verdicts.every(({ kind }) => kind === "written"));
  assert.equal(new Set(keys.map((key) => passwordOf(it, key))).size, 1);
});

Deno.test("who waits for a lock past the deadline is told that others write", async () => {
  const it = cluster();
  const locks = new Locks();
  it.fault = ({ index }) => index === 0 ? { kind: "hang" } : undefined;
  const first = run(it, docker("new"), { locks, seconds: 0.3 });
  const second = await run(it, docker("new"), { locks, seconds: 0.05 });
  assert.equal(second.kind === "unable" && second.error.kind, "busy");
  await first;
  assert.equal((await run(it, docker("new"), { locks })).kind, "written");
});

// --- repositories -------------------------------------------------------------------------------

function repositories(): FakeCluster {
  const it = new FakeCluster();
  it.namespaces.set("argocd", "Active");
  return it;
}

Deno.test("a repository's replacement keeps the fields that the request does not mention", async () => {
  const it = repositories();
  await run(it, helm({ password: "old" }));
  const stored = it.secrets.get("argocd/repo")!;
  it.put(stored, {
    ...stored.data.reveal(),
    proxy: btoa("http://proxy"),
    sshPrivateKey: btoa("an old key"),
    enableOCI: btoa("true"),
  });
  await run(it, helm({ password: "new" }));
  const data = it.secrets.get("argocd/repo")!.data.reveal();
  assert.equal(atob(data.proxy!), "http://proxy");
  assert.equal(passwordOf(it, "argocd/repo"), "new");
  assert.equal(data.sshPrivateKey, undefined);
  assert.equal(data.enableOCI, undefined);
});

Deno.test("a URL that another secret holds is refused, or with upsert replaced there", async () => {
  const it = repositories();
  await run(it, helm({ name: "first", password: "old" }));
  const refused = await run(it, helm({ name: "second", url: "HTTPS://charts.EXAMPLE.com/x" }), {
    upsert: false,
  });
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "second" },
    holders: ["first"],
  }]);
  const verdict = await run(it, helm({ name: "second" }));
  assert.equal(verdict.kind, "written");
  assert.deepEqual([...it.secrets.keys()], ["argocd/first"]);
  assert.equal(passwordOf(it, "argocd/first"), "new");
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /'first' held this URL/);
});

Deno.test("a URL held elsewhere is not moved over a secret that holds another URL", async () => {
  const it = repositories();
  await run(it, helm({ name: "first" }));
  await run(it, helm({ name: "second", url: "https://charts.example.com/y" }));
  const before = it.dump();
  const verdict = await run(it, helm({ name: "second", url: "https://charts.example.com/x" }));
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "identity");
  assert.deepEqual(it.dump(), before);
});

Deno.test("the same URL in another project is no obstacle, but said", async () => {
  const it = repositories();
  await run(it, helm({ name: "first" }));
  const first = it.secrets.get("argocd/first")!;
  it.put(first, { ...first.data.reveal(), project: btoa("team") });
  const verdict = await run(it, helm({ name: "second" }), { upsert: false });
  assert.equal(verdict.kind, "written");
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /project 'team'/);
});

Deno.test("a repository keeps its project, and another one of that project is in the way", async () => {
  const it = repositories();
  const inProject = async (name: string, url: string) => {
    await run(it, helm({ name, url }));
    const secret = it.secrets.get(`argocd/${name}`)!;
    it.put(secret, { ...secret.data.reveal(), project: btoa("team") });
  };
  await inProject("first", "https://charts.example.com/x");
  await inProject("second", "https://charts.example.com/y");
  const before = it.dump();
  const verdict = await run(it, helm({ name: "second", url: "https://charts.example.com/x" }));
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "identity");
  assert.deepEqual(it.dump(), before);
});

Deno.test("a Git repository of the same URL is not taken over under another name", async () => {
  const it = repositories();
  await run(it, helm({ name: "git" }));
  const git = it.secrets.get("argocd/git")!;
  it.put(git, { url: git.data.reveal().url!, type: btoa("git"), sshPrivateKey: btoa("key") });
  const before = it.dump();
  const verdict = await run(it, helm({ name: "charts" }));
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "charts" },
    holders: ["git"],
  }]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a template is not made a repository, nor the other way", async () => {
  const it = repositories();
  const labels = { "argocd.argoproj.io/secret-type": "repo-creds" };
  it.put({ namespace: "argocd", name: "repo", labels }, { url: btoa("https://github.com/x/") });
  const verdict = await run(it, helm());
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "foreign");
});

Deno.test("a repository that would move to the name of its own template is refused", async () => {
  const it = repositories();
  await run(it, helm({ name: "repo-template", url: "oci://ghcr.io/" }).slice(0, 1));
  const before = it.dump();
  const verdict = await run(it, helm({ name: "repo", url: "https://ghcr.io/" }));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(it.dump(), before);
});

Deno.test("a TLS client certificate is used beside a password and stays", async () => {
  const it = repositories();
  await run(it, helm({ password: "old" }));
  const stored = it.secrets.get("argocd/repo")!;
  it.put(stored, { ...stored.data.reveal(), tlsClientCertKey: btoa("key") });
  await run(it, helm({ password: "new" }));
  assert.equal(it.secrets.get("argocd/repo")!.data.reveal().tlsClientCertKey, btoa("key"));
});

Deno.test("without the right to list, it is said that other holders are not known", async () => {
  const it = repositories();
  it.fault = ({ method }) => method === "list" ? { kind: "throw", error: "forbidden" } : undefined;
  const verdict = await run(it, helm());
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /may not list/);
});

Deno.test("a repository and its template are written both or neither", async () => {
  const it = repositories();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await run(it, helm({ url: "https://ghcr.io/" }));
  assert.equal(verdict.kind, "failed");
  assert.equal(it.secrets.size, 0);
});

Deno.test("no value of a credential is in a verdict", async () => {
  const canary = `canary${crypto.randomUUID()}`;
  const it = cluster();
  it.fault = ({ method, index }) =>
    method === "create" || index > 4 ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await run(it, docker(canary), { seconds: 0.2 });
  const text = JSON.stringify(verdict) + Deno.inspect(verdict, { depth: 20 });
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary)));
});
