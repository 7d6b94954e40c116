import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import type { Attempt } from "../audit/entry.ts";
import { KubeError } from "../kube/errors.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { seal } from "../log/sealed.ts";
import { argocdCluster } from "./fake/clusters.ts";
import { pullSecrets, repoSecrets } from "./fake/desired.ts";
import { REMOVABLE, removableCluster } from "./fake/removable.ts";
import { type Recorder, recorder, servicesOf, writer } from "./fake/services.ts";
import { accountsOf, outcomeOfRemoval, outcomeOfWrite, placesOf } from "./outcome.ts";
import { type Begin, CLUSTER_NOT_FOUND, recorded, recordedSteps, unrecorded } from "./recorded.ts";
import { write, type WriteRequest, type WriteVerdict } from "./write.ts";
import { remove } from "./write/removal.ts";

const ATTEMPT: Attempt = {
  ...writer(),
  cluster: "test",
  kind: "docker",
  ...placesOf(pullSecrets()),
  upsert: true,
  force: false,
};

const outcomeOf = (outcome: string) => ({ outcome });

/** Writes secrets and records it. */
function writing(
  record: Recorder | undefined,
  it: FakeCluster,
  more: Partial<WriteRequest> = {},
  value = "new",
) {
  const { writeId } = writer();
  const secrets = more.secrets ?? pullSecrets();
  const policy = { upsert: true, force: false };
  const attempt = { ...ATTEMPT, ...placesOf(secrets) };
  return recorded(attempt, {
    record,
    credentials: seal(value),
    outcomeOf: (verdict: WriteVerdict) => outcomeOfWrite(verdict, attempt.names),
  }, async (begin) => {
    await begin();
    return await write({ writeId, policy, ...more, secrets }, servicesOf(it));
  });
}

/** Deletes secrets and records it. */
function removing(record: Recorder | undefined, it: FakeCluster, rollbackSeconds?: () => number) {
  const attempt = { ...ATTEMPT, ...placesOf(REMOVABLE), kind: "delete" };
  return recorded(attempt, { record, outcomeOf: outcomeOfRemoval }, async (begin) =>
    await remove(
      { refs: REMOVABLE, force: false, beforeChange: () => begin() },
      servicesOf(it, rollbackSeconds === undefined ? {} : { rollbackSeconds }),
    ));
}

/** The outcome in a record. */
function endOf({ lines }: Recorder) {
  assert.deepEqual(lines.map(({ phase }) => phase), ["begin", "end"]);
  const [, end] = lines;
  return end?.phase === "end" ? end.outcome : undefined;
}

Deno.test("an attempt is recorded with its details before it starts, and its outcome after that", async () => {
  const record = recorder();
  const order: unknown[] = [];
  const result = await recorded(ATTEMPT, {
    record,
    credentials: seal("new"),
    outcomeOf,
  }, async (begin) => {
    order.push(record.lines.length);
    await begin({ namespaces: ["found"], serviceAccounts: [{ namespace: "found", name: "x" }] });
    order.push(record.lines.length);
    return "created";
  });
  assert.equal(result, "created");
  assert.deepEqual(order, [0, 1]);
  assert.deepEqual(record.lines, [
    {
      phase: "begin",
      attempt: {
        ...ATTEMPT,
        namespaces: ["found"],
        serviceAccounts: [{ namespace: "found", name: "x" }],
      },
      credential: "new",
    },
    { phase: "end", outcome: { outcome: "created" } },
  ]);
});

/** Yields two steps, and records the start between them. */
async function* twoSteps(begin: Begin) {
  yield "looked";
  await begin({ replaces: ["old"] });
  yield "written";
  return "rotated";
}

Deno.test("a write in steps is recorded from its first change to its last step", async () => {
  const record = recorder();
  const steps = recordedSteps(ATTEMPT, { record, outcomeOf }, twoSteps);
  const seen: unknown[] = [];
  for (let next = await steps.next();; next = await steps.next()) {
    seen.push([next.value, record.lines.map(({ phase }) => phase).join()]);
    if (next.done === true) break;
  }
  assert.deepEqual(seen, [["looked", ""], ["written", "begin"], ["rotated", "begin,end"]]);
  assert.deepEqual(record.lines[0], {
    phase: "begin",
    attempt: { ...ATTEMPT, replaces: ["old"] },
    credential: undefined,
  });
  assert.deepEqual(endOf(record), { outcome: "rotated" });
});

Deno.test("if a write in steps cannot be recorded, its first change is not made", async () => {
  const record = recorder("the disk is full");
  const steps = recordedSteps(ATTEMPT, { record, outcomeOf }, twoSteps);
  assert.deepEqual(await steps.next(), { value: "looked", done: false });
  const { value, done } = await steps.next();
  assert.ok(done === true && typeof value === "object" && value.error.kind === "not_recorded");
});

Deno.test("abandoned and failed steps are recorded as failed", async () => {
  const left = recorder();
  for await (const step of recordedSteps(ATTEMPT, { record: left, outcomeOf }, twoSteps)) {
    if (step === "written") break;
  }
  assert.deepEqual(endOf(left), { outcome: "failed", error: "internal" });
  const failed = recorder();
  const steps = recordedSteps(ATTEMPT, { record: failed, outcomeOf }, async function* () {
    yield* [];
    return await Promise.reject<string>(new TypeError("a bug"));
  });
  await assert.rejects(steps.next(), TypeError);
  assert.deepEqual(endOf(failed), { outcome: "failed", error: "internal" });
});

Deno.test("only the first call of `begin` counts", async () => {
  const record = recorder();
  await recorded(ATTEMPT, { record, outcomeOf }, async (begin) => {
    await Promise.all([begin({ names: ["first"] }), begin({ names: ["second"] })]);
    await begin({ names: ["third"] });
    return "created";
  });
  const begun = record.lines.flatMap((line) => line.phase === "begin" ? [line.attempt.names] : []);
  assert.deepEqual(begun, [["first"]]);
});

Deno.test("an attempt that ends without `begin` is recorded as requested", async () => {
  const record = recorder();
  const notFound = { kind: "cluster_not_found" } as const;
  const result = await recorded(
    ATTEMPT,
    { record, outcomeOf: () => CLUSTER_NOT_FOUND },
    () => Promise.resolve(notFound),
  );
  assert.equal(result, notFound);
  assert.deepEqual(record.lines, [
    { phase: "begin", attempt: ATTEMPT, credential: undefined },
    { phase: "end", outcome: { outcome: "unable", error: "cluster_not_found" } },
  ]);
});

Deno.test("a write that cannot be recorded does not run", async () => {
  const it = removableCluster();
  const before = it.dump();
  const full = recorder("the disk is full");
  for (const verdict of [await writing(full, it), await removing(full, it)]) {
    assert.ok(verdict.kind === "unable");
    assert.equal(verdict.error.kind, "not_recorded");
    assert.match(verdict.error.message, /the disk is full\. Nothing was changed$/);
  }
  const methods = it.calls.map(({ method }) => method);
  assert.deepEqual(methods, ["read", "serviceAccounts"], "of the deletion, to know what it is");
  assert.deepEqual(it.dump(), before);
});

Deno.test("a refused attempt that cannot be recorded gets not_recorded instead", async () => {
  const result = await recorded(
    ATTEMPT,
    { record: recorder("the disk is full"), outcomeOf },
    () => Promise.resolve("refused"),
  );
  assert.ok(typeof result === "object" && result.error.kind === "not_recorded");
});

Deno.test("without an audit log, writes and deletions run anyway", async () => {
  const it = removableCluster();
  assert.equal((await writing(undefined, it)).kind, "written");
  assert.equal((await removing(undefined, it)).kind, "removed");
  const begins: Begin[] = [];
  await recorded(ATTEMPT, { record: undefined, outcomeOf }, (begin) => {
    begins.push(begin);
    return Promise.resolve("created");
  });
  assert.deepEqual(begins, [unrecorded]);
});

Deno.test("the record gets the written credential unchanged, one value or several", async () => {
  for (const given of ["one", { "ghcr.io": "one", "quay.io": "two" }]) {
    const record = recorder();
    const credentials = typeof given === "string"
      ? seal(given)
      : Object.fromEntries(Object.entries(given).map(([place, each]) => [place, seal(each)]));
    await recorded(ATTEMPT, { record, credentials, outcomeOf }, () => Promise.resolve("created"));
    const [begin] = record.lines;
    assert.deepEqual(begin?.phase === "begin" ? begin.credential : undefined, given);
  }
});

// --- outcomes in the record ---------------------------------------------------------------------

Deno.test("a single kind of outcome is recorded with its count", async () => {
  const it = argocdCluster();
  const of = async (secrets = repoSecrets()) => {
    const record = recorder();
    await writing(record, it, { secrets });
    return endOf(record);
  };
  const counts = { created: 0, replaced: 0, unchanged: 0 };
  assert.deepEqual(await of(), { outcome: "created", counts: { ...counts, created: 1 } });
  assert.deepEqual(await of(), { outcome: "unchanged", counts: { ...counts, unchanged: 1 } });
  assert.deepEqual(await of(repoSecrets({ password: "newer" })), {
    outcome: "replaced",
    counts: { ...counts, replaced: 1 },
  });
  assert.deepEqual(await of(repoSecrets({ name: "second" })), {
    outcome: "replaced",
    counts: { ...counts, replaced: 1 },
    // Not under the requested name.
    written: ["repo"],
  });
});

Deno.test("several kinds of outcome are recorded as mixed", async () => {
  const record = recorder();
  await writing(record, removableCluster());
  assert.deepEqual(endOf(record), {
    outcome: "mixed",
    counts: { created: 1, replaced: 4, unchanged: 0 },
  });
});

Deno.test("a refusal is recorded with its reasons, each once", async () => {
  const record = recorder();
  await writing(record, removableCluster(), { policy: { upsert: false, force: false } });
  assert.deepEqual(endOf(record), { outcome: "refused", refusals: ["exists"] });
});

Deno.test("a failure is recorded with the secrets that were not restored", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  it.fault = ({ method, index }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    return index > 3 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  const record = recorder();
  await removing(record, it, () => 0.1);
  const outcome = endOf(record)!;
  assert.deepEqual([outcome.outcome, outcome.error], ["failed", "forbidden"]);
  assert.deepEqual(
    outcome.not_restored!.slice(0, 3),
    ["a", "c", "argocd"].map((namespace) => ({ namespace, name: "pull", state: "missing" })),
  );
});

Deno.test("a cluster that cannot be used is recorded as unable", () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  const outcome = { outcome: "unable", error: "invalid_kubeconfig" };
  assert.deepEqual(outcomeOfWrite({ kind: "unable", error }, []), outcome);
  assert.deepEqual(outcomeOfRemoval({ kind: "unable", error }), outcome);
});

Deno.test("a deletion is recorded with the number of deleted secrets", async () => {
  const record = recorder();
  await removing(record, removableCluster());
  assert.deepEqual(endOf(record), { outcome: "deleted", counts: { deleted: 4 } });
});

Deno.test("a service account is recorded once, whatever number of secrets it uses", () => {
  const uses = ["pull", "second"].flatMap((secret) =>
    ["default", "runner"].map((serviceAccount) => ({ namespace: "a", serviceAccount, secret }))
  );
  assert.deepEqual(accountsOf(uses), [
    { namespace: "a", name: "default" },
    { namespace: "a", name: "runner" },
  ]);
});

Deno.test("a bug is recorded as a failure, and thrown", async () => {
  const it = removableCluster();
  it.fault = ({ index }) => index === 0 ? { kind: "bug" } : undefined;
  const record = recorder();
  await assert.rejects(writing(record, it), TypeError);
  assert.deepEqual(endOf(record), { outcome: "failed", error: "internal" });
});

Deno.test("the outcome is recorded before the response", async () => {
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
  await recorded(ATTEMPT, { record, outcomeOf }, async (begin) => {
    await begin();
    order.push("run");
    return "created";
  });
  order.push("answered");
  assert.deepEqual(order, ["run", "recorded", "answered"]);
});

Deno.test("a record holds no value of a credential", async () => {
  const canary = `canary${crypto.randomUUID()}`;
  const record = recorder();
  await writing(record, removableCluster(), { secrets: pullSecrets(canary) }, canary);
  // The record gets the value sealed, for its fingerprint.
  const lines = record.lines.map((line) =>
    line.phase === "begin" ? { attempt: line.attempt } : line
  );
  const text = JSON.stringify(lines);
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary).slice(4, -4)));
});
