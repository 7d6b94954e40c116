import assert from "node:assert/strict";
import { type DataQuery, type StoredSecret, WITHHELD } from "../../src/kube/store.ts";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { soon } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const LABEL = "tests.invalid/kind";
const NOTE = "tests.invalid/note";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";
const OWNER = {
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "some, =owner",
  uid: "00000000-0000-4000-8000-000000000000",
};

/** Lists with data: requested values are complete, and no other value is returned. */
export function listDataContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("lists secrets with the same data as a read by name", async (world) => {
    const namespace = await world.namespace();
    const labels = { [LABEL]: "data", other: "x.y_z" };
    const binary = new Uint8Array([0, 255, 10, 44, 61]).toBase64();
    const annotations = { [NOTE]: "two\nlines, = {{.data}}" };
    const secrets = [
      {
        metadata: { namespace, name: "a", labels, annotations, ownerReferences: [OWNER] },
        data: { password: encodeBase64(world.canary.value), binary, blank: "" },
      },
      { metadata: { namespace, name: "b", labels, finalizers: ["tests.invalid/kept"] } },
      { metadata: { namespace, name: "c", labels }, type: "tests.invalid/type", immutable: true },
    ];
    for (const secret of secrets) await world.put(secret);
    await world.put({ metadata: { namespace, name: "d" }, data: { binary } });
    const listed = await world.store.listData({ selector: `${LABEL}=data`, namespace }, soon());
    const refs = ["a", "b", "c"].map((name) => ({ namespace, name }));
    const { secrets: read } = await world.store.read(refs, soon());
    assert.deepEqual(listed.map(opened).sort(byName), [...read.values()].map(opened).sort(byName));
    assert.equal(listed.length, 3);
    const [{ data }] = listed.map(opened).sort(byName) as [ReturnType<typeof opened>];
    assert.deepEqual(data, secrets[0]!.data);
  });

  test("lists by type, label and namespace, in all namespaces and in one", async (world) => {
    const [here, there] = [await world.namespace(), await world.namespace()];
    const value = uniqueName("v");
    const labels = { [LABEL]: value };
    const type = DOCKER_CONFIG;
    const data = { ".dockerconfigjson": encodeBase64("{}") };
    await world.put({ metadata: { namespace: here, name: "pull", labels }, type, data });
    await world.put({ metadata: { namespace: there, name: "pull", labels }, type, data });
    await world.put({ metadata: { namespace: there, name: "bare" }, type, data });
    await world.put({ metadata: { namespace: there, name: "opaque", labels }, data });
    const found = async (query: DataQuery) =>
      (await world.store.listData(query, soon()))
        .map(({ namespace, name }) => `${namespace}/${name}`).sort();
    const selector = `${LABEL}=${value}`;
    const pulls = [`${here}/pull`, `${there}/pull`].sort();
    assert.deepEqual(await found({ selector }), [...pulls, `${there}/opaque`].sort());
    assert.deepEqual(await found({ selector, type }), pulls);
    assert.deepEqual(await found({ type, namespace: there }), [`${there}/bare`, `${there}/pull`]);
    assert.deepEqual(await found({ selector, namespace: here }), [`${here}/pull`]);
    assert.deepEqual(await found({ namespace: uniqueName("missing") }), []);
    assert.ok((await found({ type })).includes(`${there}/bare`));
    assert.deepEqual(await found({ type: "tests.invalid/none", namespace: there }), []);
  });

  test("returns the requested keys of the data, and no other value", async (world) => {
    const namespace = await world.namespace();
    const { value } = world.canary;
    const annotations = { [NOTE]: "a = b, %20+\n", [LAST_APPLIED]: `{"password":"${value}"}` };
    const labels = { [LABEL]: "keys", empty: "" };
    await world.put({
      metadata: { namespace, name: "a", labels, annotations, ownerReferences: [OWNER] },
      data: {
        url: encodeBase64("https://x"),
        password: encodeBase64(value),
        // Not a secret: it shows that the user name is one.
        other: encodeBase64("x-oauth-basic"),
        blank: "",
      },
    });
    await world.put({ metadata: { namespace, name: "b" }, type: "two\nlines +%20" });
    const list = (keys: string[]) => world.store.listData({ namespace, keys }, soon());
    const [a, b] = (await list(["url", "type"])).map(opened).sort(byName);
    assert.deepEqual(a!.data, {
      url: encodeBase64("https://x"),
      password: WITHHELD,
      other: encodeBase64("x-oauth-basic"),
      blank: "",
    });
    assert.deepEqual(b!.data, {});
    assert.equal(b!.type, "two\nlines +%20");
    const whole = (await world.store.listData({ namespace }, soon())).map(opened).sort(byName)[0]!;
    for (const each of [whole, a!, (await list([])).map(opened).sort(byName)[0]!]) {
      assert.deepEqual(each.annotations, { [NOTE]: annotations[NOTE] });
      assert.deepEqual(each.labels, labels);
      assert.deepEqual(
        each.ownerReferences?.map((owner) => {
          const { kind, name } = owner as typeof OWNER;
          return { kind, name };
        }),
        [{ kind: OWNER.kind, name: OWNER.name }],
      );
      const { uid, resourceVersion, creationTimestamp } = whole;
      assert.deepEqual(
        [each.uid, each.resourceVersion, each.creationTimestamp],
        [uid, resourceVersion, creationTimestamp],
      );
    }
    assert.deepEqual((await list([])).map(({ data }) => data.reveal()), [{}, {}]);
  });
}

/** The secret with its data revealed, without missing fields. */
function opened({ data, ...secret }: StoredSecret) {
  const there = JSON.parse(JSON.stringify(secret)) as Omit<StoredSecret, "data">;
  return { ...there, data: data.reveal() };
}

const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
