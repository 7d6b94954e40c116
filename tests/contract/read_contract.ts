import assert from "node:assert/strict";
import { refKey } from "../../src/kube/store.ts";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { soon } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

export function readContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("reads the existing ones of several secrets, and the phases of their namespaces", async (world) => {
    const active = await world.namespace();
    const terminating = await world.namespace("Terminating");
    const missing = uniqueName("missing");
    const data = { password: encodeBase64(world.canary.value), "tls.key": "AAH/gA==" };
    const stored = await world.put({
      metadata: {
        namespace: active,
        name: "there",
        labels: { a: "b" },
        annotations: { note: 'two\nlines 🗝️ "x" ---' },
        ownerReferences: [{ apiVersion: "v1", kind: "Thing", name: "t", uid: "u-1" }],
        finalizers: ["tests.invalid/keep"],
      },
      type: "example.com/mine",
      data,
      immutable: true,
    });
    const refs = [
      { namespace: active, name: "there" },
      { namespace: active, name: "absent" },
      { namespace: terminating, name: "absent" },
      { namespace: missing, name: "absent" },
    ];
    const snapshot = await world.store.read(refs, soon());
    assert.deepEqual([...snapshot.secrets.keys()], [refKey(refs[0]!)]);
    const { data: sealed, ...secret } = snapshot.secrets.get(refKey(refs[0]!))!;
    assert.deepEqual(sealed.reveal(), data);
    const { metadata } = stored;
    assert.deepEqual(JSON.parse(JSON.stringify(secret)), {
      namespace: active,
      name: "there",
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
      labels: metadata.labels,
      annotations: metadata.annotations,
      ownerReferences: metadata.ownerReferences,
      finalizers: metadata.finalizers,
      type: "example.com/mine",
      immutable: true,
    });
    assert.equal(snapshot.namespaces?.get(active), "Active");
    assert.equal(snapshot.namespaces?.get(terminating), "Terminating");
    assert.equal(snapshot.namespaces?.has(missing), false);
  });

  test("reads one existing secret", async (world) => {
    const namespace = await world.namespace();
    await world.put({ metadata: { namespace, name: "one" } });
    const snapshot = await world.store.read([{ namespace, name: "one" }], soon());
    const secret = snapshot.secrets.get(`${namespace}/one`);
    assert.deepEqual(
      [secret?.type, secret?.labels, secret?.annotations, secret?.data.reveal()],
      ["Opaque", {}, {}, {}],
    );
    assert.equal(snapshot.namespaces?.get(namespace), "Active");
  });

  test("reads nothing if neither secret nor namespace exists", async (world) => {
    const [a, b] = [uniqueName("missing"), uniqueName("missing")];
    const refs = [{ namespace: a, name: "x" }, { namespace: b, name: "x" }];
    for (const some of [refs, refs.slice(1)]) {
      const { secrets, namespaces } = await world.store.read(some, soon());
      assert.equal(secrets.size, 0);
      assert.deepEqual([namespaces?.has(a), namespaces?.has(b)], [false, false]);
    }
  });

  if (subject.judges) {
    test("distinguishes a secret that waits for its finalizers", async (world) => {
      const namespace = await world.namespace();
      const finalizers = ["tests.invalid/keep"];
      await world.put({ metadata: { namespace, name: "held", finalizers } });
      await world.remove(namespace, "held");
      await world.put({ metadata: { namespace, name: "free" } });
      const refs = ["held", "free"].map((name) => ({ namespace, name }));
      const { secrets } = await world.store.read(refs, soon());
      assert.match(secrets.get(`${namespace}/held`)?.deletionTimestamp ?? "", /^\d{4}-.*Z$/);
      assert.equal(secrets.get(`${namespace}/free`)?.deletionTimestamp, undefined);
    });
  }
}
