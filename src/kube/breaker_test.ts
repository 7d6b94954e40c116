import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { Breaker, type BreakerOptions, Breakers, type Guarded } from "./breaker.ts";
import { deadlineIn } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import { FakeCluster, type StoreFault } from "./fake/store.ts";
import type { SecretStore } from "./store.ts";
import { seal } from "../log/sealed.ts";

/** Milliseconds for which the breaker stays open. */
const PAUSE = 5000;

/** The timeout of a request; a failure counts from half of it on. */
const SECONDS = 0.1;

interface Scene extends Disposable {
  readonly cluster: FakeCluster;
  /** Calls of onOpened and onClosed. */
  readonly told: string[];
  /** Starts a request. */
  begin(version?: string, name?: string): Guarded;
  /** A request that bypassed the breaker got a response. */
  answered(name?: string): void;
  /** A list request; resolves with its error, or `undefined`. */
  list(version?: string): Promise<KubeError | undefined>;
  /** Elapsed milliseconds. */
  elapsed(): number;
  /** Advances the time. */
  pass(milliseconds: number): Promise<void>;
  /** Advances the time by a request's timeout, and awaits the request. */
  waited<T>(asking: Promise<T>): Promise<T>;
}

function scene(options: BreakerOptions = {}): Scene {
  const clock = fakeClock();
  const cluster = new FakeCluster();
  cluster.namespaces.set("default", "Active");
  const told: string[] = [];
  const breakers = new Breakers({
    pause: PAUSE,
    onOpened: (name, { kind }) => told.push(`${name} opened: ${kind}`),
    onClosed: (name) => told.push(`${name} closed`),
    ...options,
  });
  const begin = (version = "1", name = "c") =>
    breakers.of("https://c:6443", name, version).guard(name, cluster.store(), SECONDS);
  const waited = async <T>(asking: Promise<T>) => {
    await Promise.allSettled([asking, clock.advance(SECONDS * 1000)]);
    return await asking;
  };
  return {
    cluster,
    told,
    begin,
    answered: (name = "c") => breakers.answered("https://c:6443", name),
    waited,
    elapsed: () => clock.elapsed,
    pass: (milliseconds) => clock.advance(milliseconds),
    [Symbol.dispose]: () => clock[Symbol.dispose](),
    async list(version) {
      const guarded = begin(version);
      if (guarded.kind === "rejected") return guarded.error;
      try {
        await waited(guarded.store.list({ selector: "a=b" }, deadlineIn(SECONDS)));
      } catch (error) {
        assert.ok(error instanceof KubeError);
        return error;
      }
    },
  };
}

const always = (cluster: FakeCluster, fault: StoreFault | undefined) => {
  cluster.fault = () => fault;
};

function opened(guarded: Guarded): SecretStore {
  assert.equal(guarded.kind, "open");
  return (guarded as Extract<Guarded, { kind: "open" }>).store;
}

/** A scene whose breaker is open, since the cluster has hung twice. */
async function leftAlone(options?: BreakerOptions): Promise<Scene> {
  const it = scene(options);
  always(it.cluster, { kind: "hang" });
  for (const _ of [1, 2]) assert.equal((await it.list())?.details.sent, undefined);
  return it;
}

Deno.test("after two timeouts the breaker opens, and requests fail immediately with the reason", async () => {
  using it = await leftAlone();
  assert.deepEqual(it.told, ["c opened: timeout"]);
  const before = it.elapsed();
  const error = await it.list();
  assert.equal(it.elapsed(), before, "it fails immediately");
  assert.equal(it.cluster.calls.length, 2);
  assert.ok(error);
  assert.deepEqual([error.kind, error.details], [
    "unreachable",
    { cluster: "c", retryAfter: 5, sent: false },
  ]);
  assert.equal(
    error.message,
    "Cannot connect to cluster 'c': circuit breaker open, the last request got no response 1 second ago. Retry in 5 seconds",
  );
});

Deno.test("a response to another request closes the breaker", async () => {
  using it = await leftAlone();
  it.answered("other-name");
  assert.deepEqual(it.told, ["c opened: timeout", "other-name closed"]);
  always(it.cluster, undefined);
  assert.equal(await it.list(), undefined);
  it.answered();
  assert.equal(it.told.length, 2, "a closed breaker reports nothing");
  always(it.cluster, { kind: "hang" });
  assert.equal((await it.list())?.details.sent, undefined);
  assert.equal((await it.list())?.details.sent, undefined);
  assert.equal((await it.list())?.details.sent, false, "the breaker is open again");
});

Deno.test("after the pause one request is let through, and others are rejected until it has a response", async () => {
  using it = await leftAlone();
  await it.pass(PAUSE);
  const first = opened(it.begin());
  const error = await it.list();
  assert.match(
    error!.message,
    /circuit breaker open, the last request got no response 5 seconds ago\. Another request is testing it now$/,
  );
  always(it.cluster, undefined);
  await first.list({ selector: "a=b" }, deadlineIn(SECONDS));
  assert.equal(await it.list(), undefined);
  assert.deepEqual(it.told, ["c opened: timeout", "c closed"]);
});

Deno.test("if the request that was let through times out, the breaker stays open", async () => {
  using it = await leftAlone();
  await it.pass(PAUSE);
  assert.equal((await it.list())?.kind, "timeout");
  assert.equal((await it.list())?.details.sent, false);
  assert.equal(it.cluster.calls.length, 3);
  // Reported once, however long the breaker stays open.
  assert.deepEqual(it.told, ["c opened: timeout"]);
});

Deno.test("after the breaker has closed, it takes two timeouts to open it again", async () => {
  using it = await leftAlone();
  await it.pass(PAUSE);
  always(it.cluster, undefined);
  assert.equal(await it.list(), undefined);
  always(it.cluster, { kind: "hang" });
  for (const _ of [1, 2]) assert.equal((await it.list())?.kind, "timeout");
  assert.equal((await it.list())?.details.sent, false);
});

for (const reads of ["twenty concurrent requests", "twenty reads of one request"]) {
  Deno.test(`after the pause, ${reads} test the cluster once`, async () => {
    using it = await leftAlone();
    await it.pass(PAUSE);
    if (reads === "twenty concurrent requests") {
      const errors = await Promise.all(Array.from({ length: 20 }, () => it.list()));
      assert.equal(errors.filter((error) => error?.details.sent === false).length, 19);
      assert.equal(it.cluster.calls.length, 3);
    } else {
      const store = opened(it.begin());
      const query = { selector: "a=b" };
      await it.waited(Promise.allSettled(
        Array.from({ length: 20 }, () => store.list(query, deadlineIn(SECONDS))),
      ));
      assert.equal((await it.list())?.details.sent, false);
    }
  });
}

Deno.test("the reads of one request that time out together count once", async () => {
  using it = scene();
  always(it.cluster, { kind: "hang" });
  const store = opened(it.begin());
  const list = () => store.list({ selector: "a=b" }, deadlineIn(SECONDS));
  await it.waited(Promise.allSettled([list(), list(), list()]));
  assert.equal(it.begin().kind, "open");
});

Deno.test("a response between two timeouts resets the count", async () => {
  using it = scene();
  for (const fault of [{ kind: "hang" }, undefined, { kind: "hang" }] as const) {
    always(it.cluster, fault);
    await it.list();
  }
  assert.equal(it.begin().kind, "open");
});

Deno.test("two timeouts far apart are not counted together", async () => {
  using it = scene({ within: 50 });
  always(it.cluster, { kind: "hang" });
  for (const _ of [1, 2, 3]) assert.equal((await it.list())?.kind, "timeout");
});

for (const kind of ["unreachable", "forbidden", "failed", "untrusted"] as const) {
  Deno.test(`an immediate failure (${kind}) does not open the breaker`, async () => {
    using it = scene();
    always(it.cluster, { kind: "throw", error: kind });
    for (const _ of [1, 2, 3, 4]) assert.equal((await it.list())?.details.sent, undefined);
    assert.equal(it.cluster.calls.length, 4);
  });
}

for (const kind of ["busy", "kubectl_missing"] as const) {
  Deno.test(`${kind} between two timeouts does not reset the count`, async () => {
    using it = scene();
    always(it.cluster, { kind: "hang" });
    await it.list();
    always(it.cluster, { kind: "throw", error: kind });
    for (const _ of [1, 2, 3]) assert.equal((await it.list())?.kind, kind);
    always(it.cluster, { kind: "hang" });
    await it.list();
    assert.equal((await it.list())?.details.sent, false);
  });
}

Deno.test("a timeout in our own queue is not counted", async () => {
  using it = scene({ costly: 0 });
  const store = it.cluster.store();
  it.cluster.store = () => ({
    ...store,
    list: () => Promise.reject(new KubeError("timeout", "Cannot: queue", { sent: false })),
  });
  for (const _ of [1, 2, 3]) assert.equal((await it.list())?.message, "Cannot: queue");
});

Deno.test("a write that has started is completed even if the breaker opens", async () => {
  using it = scene();
  const store = opened(it.begin());
  const refs = [{ namespace: "default", name: "a" }];
  await store.read(refs, deadlineIn(SECONDS));
  always(it.cluster, { kind: "hang" });
  for (const _ of [1, 2]) await it.list();
  assert.equal(it.begin().kind, "rejected");
  always(it.cluster, undefined);
  const secret = { ...refs[0]!, type: "Opaque", labels: {}, annotations: {}, data: seal({}) };
  const [created] = await store.create([secret], deadlineIn(SECONDS));
  assert.equal(created?.kind, "done");
  const { resourceVersion } = it.cluster.secrets.get("default/a")!;
  const [replaced] = await store.replace([{ ...secret, resourceVersion }], deadlineIn(SECONDS));
  assert.equal(replaced?.kind, "done");
  assert.equal((await store.read(refs, deadlineIn(SECONDS))).secrets.size, 1);
  const { uid, resourceVersion: last } = it.cluster.secrets.get("default/a")!;
  const removal = { ...refs[0]!, uid, resourceVersion: last };
  assert.equal((await store.remove([removal], deadlineIn(SECONDS)))[0]?.kind, "done");
});

Deno.test("a write whose creates hang is not counted, since its first read had a response", async () => {
  using it = scene();
  it.cluster.fault = ({ method }) => method === "create" ? { kind: "hang" } : undefined;
  const ref = { namespace: "default", name: "a" };
  const secret = { ...ref, type: "Opaque", labels: {}, annotations: {}, data: seal({}) };
  for (const _ of [1, 2, 3]) {
    const store = opened(it.begin());
    await store.read([ref], deadlineIn(SECONDS));
    const [outcome] = await it.waited(store.create([secret], deadlineIn(SECONDS)));
    assert.equal(outcome?.kind, "unknown");
  }
  assert.equal(it.begin().kind, "open");
});

Deno.test("after a change of its kubeconfig, a cluster is contacted immediately", async () => {
  using it = await leftAlone();
  always(it.cluster, undefined);
  assert.equal((await it.list("1"))?.details.sent, false);
  assert.equal(await it.list("2"), undefined);
});

Deno.test("two names of one API server share a breaker, which names the requested one in its errors", async () => {
  using it = await leftAlone();
  const guarded = it.begin("of the other's kubeconfig", "other");
  assert.ok(guarded.kind === "rejected");
  assert.match(guarded.error.message, /^Cannot connect to cluster 'other': circuit breaker open/);
  assert.equal(guarded.error.details.cluster, "other");
  // The breaker is not replaced because the other cluster has another kubeconfig.
  assert.equal((await it.list())?.details.sent, false);
  assert.equal(it.begin("of the other's kubeconfig", "other").kind, "rejected");
  await it.pass(PAUSE);
  always(it.cluster, undefined);
  const probe = opened(it.begin("of the other's kubeconfig", "other"));
  await probe.list({ selector: "a=b" }, deadlineIn(SECONDS));
  assert.deepEqual(it.told, ["c opened: timeout", "other closed"]);
  assert.equal(await it.list(), undefined);
});

Deno.test("after a change of one name's kubeconfig, the server is contacted immediately under both names", async () => {
  using it = await leftAlone();
  assert.equal(it.begin("1", "other").kind, "rejected");
  assert.equal(it.begin("2", "other").kind, "open");
  assert.equal(it.begin("1", "c").kind, "open");
});

Deno.test("asking whether the breaker is open does not use up its test request", async () => {
  using it = scene();
  const breaker = new Breaker({ pause: PAUSE });
  always(it.cluster, { kind: "hang" });
  const asking = async () => {
    const store = opened(breaker.guard("c", it.cluster.store(), SECONDS));
    await it.waited(store.list({ selector: "a=b" }, deadlineIn(SECONDS)).catch(() => {}));
  };
  for (const _ of [1, 2]) await asking();
  assert.match(breaker.rejection("c")!.message, /Retry in 5 seconds$/);
  await it.pass(PAUSE);
  for (const _ of [1, 2]) assert.equal(breaker.rejection("c"), undefined);
  assert.equal(breaker.guard("c", it.cluster.store(), SECONDS).kind, "open");
  assert.match(breaker.rejection("c")!.message, /Another request is testing it now$/);
});

Deno.test("a test request that sends nothing is replaced by another after its time", async () => {
  using it = await leftAlone();
  await it.pass(PAUSE);
  opened(it.begin());
  always(it.cluster, undefined);
  await it.pass(SECONDS * 1000 + 1000);
  assert.equal((await it.list())?.details.sent, false);
  await it.pass(PAUSE);
  assert.equal(await it.list(), undefined);
});

Deno.test("a test request that does not reach the cluster is replaced by another after a pause", async () => {
  using it = await leftAlone();
  always(it.cluster, undefined);
  await it.pass(PAUSE);
  const { store } = it.cluster;
  const full = new KubeError("busy", "Cannot reach cluster: too many wait", { sent: false });
  it.cluster.store = () => ({ ...store.call(it.cluster), list: () => Promise.reject(full) });
  assert.equal((await it.list())?.kind, "busy");
  it.cluster.store = store;
  // Far sooner than a trial request without a read times out.
  await it.pass(PAUSE);
  assert.equal(await it.list(), undefined);
});

Deno.test("a clock that is set back does not keep the breaker open", async () => {
  using it = await leftAlone();
  const now = Date.now;
  Date.now = () => now() - 3_600_000;
  try {
    await it.pass(PAUSE);
    always(it.cluster, undefined);
    assert.equal(await it.list(), undefined);
  } finally {
    Date.now = now;
  }
});

Deno.test("a bug in the store counts as no response and no timeout", async () => {
  using it = scene();
  always(it.cluster, { kind: "bug" });
  for (const _ of [1, 2, 3]) {
    await assert.rejects(
      opened(it.begin()).list({ selector: "a=b" }, deadlineIn(SECONDS)),
      TypeError,
    );
  }
});
