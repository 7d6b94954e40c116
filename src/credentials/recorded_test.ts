import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { seal } from "../log/sealed.ts";
import { argocdCluster } from "./fake/clusters.ts";
import { pullSecrets, repoSecrets } from "./fake/desired.ts";
import { REMOVABLE, removableCluster } from "./fake/removable.ts";
import { NOT_FOUND, type Recorder, recorder, servicesOf, writer } from "./fake/services.ts";
import { KubeError } from "../kube/errors.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { recorded } from "./recorded.ts";
import { type RecordedWrite, removeFromCluster, writeToCluster } from "./write_to_cluster.ts";

const by = writer();

/** Those of the removable cluster that use its pull secrets. */
const ACCOUNTS = [
  { namespace: "a", name: "default" },
  { namespace: "a", name: "runner" },
  { namespace: "b", name: "default" },
  { namespace: "c", name: "default" },
];

function request(more: Partial<RecordedWrite> = {}): RecordedWrite {
  return {
    ...by,
    cluster: "test",
    secrets: pullSecrets(),
    permissions: { upsert: true, force: false },
    kind: "docker",
    credential: seal("new"),
    ...more,
  };
}

function removal(more: { force?: boolean; dryRun?: boolean } = {}) {
  return { ...by, cluster: "test", refs: REMOVABLE, force: false, ...more };
}

/** The outcome in a record. */
function endOf({ lines }: Recorder) {
  assert.deepEqual(lines.map(({ phase }) => phase), ["begin", "end"]);
  const [, end] = lines;
  return end?.phase === "end" ? end.outcome : undefined;
}

/** Has the cluster's calls counted when the record's lines are written. */
function watched(it: FakeCluster, record: Recorder) {
  const callsAt: number[] = [];
  return {
    callsAt,
    record: {
      begin: async (...args: Parameters<Recorder["begin"]>) => {
        callsAt.push(it.calls.length);
        const begun = await record.begin(...args);
        if (begun.kind !== "recorded") return begun;
        return {
          ...begun,
          end: (...outcome: Parameters<typeof begun.end>) => {
            callsAt.push(it.calls.length);
            return begun.end(...outcome);
          },
        };
      },
    },
  };
}

Deno.test("a write is recorded before the cluster is asked, and its outcome after that", async () => {
  const it = removableCluster();
  const record = recorder();
  const { callsAt, record: seen } = watched(it, record);
  const verdict = await writeToCluster(request(), servicesOf(it, { record: seen }));
  assert.equal(verdict.kind, "written");
  assert.deepEqual(record.lines, [
    {
      phase: "begin",
      attempt: {
        ...by,
        cluster: "test",
        names: ["pull"],
        namespaces: ["a", "b", "c", "d", "argocd"],
        serviceAccounts: [],
        kind: "docker",
        upsert: true,
        force: false,
      },
      credential: "new",
    },
    {
      phase: "end",
      outcome: { outcome: "mixed", counts: { created: 1, replaced: 4, unchanged: 0 } },
    },
  ]);
  assert.deepEqual(callsAt, [0, it.calls.length]);
});

Deno.test("a deletion is recorded with its service accounts before anything is changed, and its outcome after that", async () => {
  const it = removableCluster();
  const record = recorder();
  const { callsAt, record: seen } = watched(it, record);
  const verdict = await removeFromCluster(
    removal({ force: true }),
    servicesOf(it, { record: seen }),
  );
  assert.equal(verdict.kind, "removed");
  assert.deepEqual(record.lines, [
    {
      phase: "begin",
      attempt: {
        ...by,
        cluster: "test",
        names: ["pull"],
        namespaces: ["a", "b", "c", "argocd"],
        serviceAccounts: ACCOUNTS,
        kind: "delete",
        upsert: false,
        force: true,
      },
      credential: undefined,
    },
    { phase: "end", outcome: { outcome: "deleted", counts: { deleted: 4 } } },
  ]);
  assert.equal(callsAt[1], it.calls.length);
  const before = it.calls.slice(0, callsAt[0]).map(({ method }) => method);
  assert.deepEqual(before, ["read", "serviceAccounts"]);
});

Deno.test("dry runs leave no record, and run where none can be written", async () => {
  for (const record of [recorder(), recorder("the disk is full")]) {
    const it = removableCluster();
    const services = servicesOf(it, { record });
    const tried = await writeToCluster(request({ dryRun: true }), services);
    const removed = await removeFromCluster(removal({ dryRun: true }), services);
    assert.deepEqual([tried.kind, removed.kind], ["written", "removed"]);
    assert.deepEqual(record.lines, []);
  }
});

Deno.test("what cannot be recorded is not tried: for a write the cluster is not even opened", async () => {
  const it = removableCluster();
  let opened = 0;
  const services = servicesOf(it, { record: recorder("the disk is full") });
  const counting = {
    ...services,
    open: (name: string) => {
      opened++;
      return services.open(name);
    },
  };
  const verdicts = [
    await writeToCluster(request(), counting),
    await removeFromCluster(removal(), counting),
  ];
  for (const verdict of verdicts) {
    assert.ok(verdict.kind === "unable");
    assert.equal(verdict.error.kind, "not_recorded");
    assert.match(verdict.error.message, /the disk is full; nothing was changed$/);
  }
  assert.equal(opened, 1);
  const methods = it.calls.map(({ method }) => method);
  assert.deepEqual(methods, ["read", "serviceAccounts"]);
});

Deno.test("without a record writes and deletions are carried out all the same", async () => {
  const it = removableCluster();
  assert.equal((await writeToCluster(request(), servicesOf(it))).kind, "written");
  assert.equal((await removeFromCluster(removal(), servicesOf(it))).kind, "removed");
});

// --- what the record says of an outcome ---------------------------------------------------------

Deno.test("one kind of outcome is named, with how many there are", async () => {
  const it = argocdCluster();
  const of = async (more: Partial<RecordedWrite>) => {
    const record = recorder();
    await writeToCluster(
      request({ secrets: repoSecrets(), kind: "helm", ...more }),
      servicesOf(it, { record }),
    );
    return endOf(record);
  };
  const counts = { created: 0, replaced: 0, unchanged: 0 };
  assert.deepEqual(await of({}), { outcome: "created", counts: { ...counts, created: 1 } });
  assert.deepEqual(await of({}), { outcome: "unchanged", counts: { ...counts, unchanged: 1 } });
  assert.deepEqual(await of({ secrets: repoSecrets({ password: "newer" }) }), {
    outcome: "replaced",
    counts: { ...counts, replaced: 1 },
  });
  assert.deepEqual(await of({ secrets: repoSecrets({ name: "second" }) }), {
    outcome: "replaced",
    counts: { ...counts, replaced: 1 },
    // Not under the name that was asked for.
    written: ["repo"],
  });
});

Deno.test("a refusal is recorded with its reasons, each once", async () => {
  const it = removableCluster();
  const record = recorder();
  const permissions = { upsert: false, force: false };
  await writeToCluster(request({ permissions }), servicesOf(it, { record }));
  assert.deepEqual(endOf(record), { outcome: "refused", refusals: ["exists"] });
});

Deno.test("a failure is recorded with what is not as it was", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  it.fault = ({ method, index }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    return index > 3 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  const record = recorder();
  await removeFromCluster(removal(), servicesOf(it, { record, putBackSeconds: () => 0.1 }));
  const outcome = endOf(record)!;
  assert.deepEqual([outcome.outcome, outcome.error], ["failed", "forbidden"]);
  assert.deepEqual(
    outcome.not_restored!.slice(0, 3),
    ["a", "c", "argocd"].map((namespace) => ({
      namespace,
      name: "pull",
      state: "missing",
    })),
  );
});

Deno.test("a cluster that is not there or refused is recorded as unable", async () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  for (
    const [cluster, kind] of [[NOT_FOUND, "cluster_not_found"], [
      { kind: "refused", error },
      "invalid_kubeconfig",
    ]] as const
  ) {
    const record = recorder();
    await writeToCluster(request(), servicesOf(cluster, { record }));
    assert.deepEqual(endOf(record), { outcome: "unable", error: kind });
    const second = recorder();
    await removeFromCluster(removal(), servicesOf(cluster, { record: second }));
    assert.deepEqual(endOf(second), { outcome: "unable", error: kind });
  }
});

Deno.test("a bug is recorded as a failure, and goes on to be told", async () => {
  const it = removableCluster();
  it.fault = ({ index }) => index === 0 ? { kind: "bug" } : undefined;
  const record = recorder();
  await assert.rejects(writeToCluster(request(), servicesOf(it, { record })), TypeError);
  assert.deepEqual(endOf(record), { outcome: "failed", error: "internal" });
});

Deno.test("the outcome is recorded before it is answered", async () => {
  const order: string[] = [];
  const record = {
    begin: () =>
      Promise.resolve({
        kind: "recorded" as const,
        end: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          order.push("recorded");
        },
      }),
  };
  const attempt = {
    ...by,
    cluster: "c",
    names: [],
    namespaces: [],
    kind: "x",
    upsert: false,
    force: false,
  };
  await recorded(attempt, { record, outcomeOf: () => ({ outcome: "created" }) }, async (begin) => {
    await begin();
    order.push("run");
    return "verdict";
  });
  order.push("answered");
  assert.deepEqual(order, ["run", "recorded", "answered"]);
});

Deno.test("a record holds no value of a credential", async () => {
  const canary = `canary${crypto.randomUUID()}`;
  const it = removableCluster();
  const record = recorder();
  await writeToCluster(
    request({ secrets: pullSecrets(canary), credential: seal(canary) }),
    servicesOf(it, { record }),
  );
  // The value itself is handed over sealed, for its fingerprint.
  const lines = record.lines.map((line) =>
    line.phase === "begin" ? { attempt: line.attempt } : line
  );
  const text = JSON.stringify(lines);
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary).slice(4, -4)));
});
