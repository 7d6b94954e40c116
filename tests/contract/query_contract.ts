import assert from "node:assert/strict";
import type { ListQuery } from "../../src/kube/store.ts";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { soon } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const LABEL = "tests.invalid/kind";
const NOTE = "tests.invalid/rotated-by";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Annotations that could be mistaken for the syntax of a transport. */
const ODD_TEXTS = [
  "",
  " ",
  "two\nlines\r\n",
  "a \"quoted\" 'text' = spaces, commas; and {{.data}}",
  "grüße 🗝️ ключ",
  "%s%20+&=\\n\\",
  "=",
];

/** Parameters of a list besides the selector and the namespace. */
export function queryContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("lists secrets by name, in all namespaces and in one", async (world) => {
    const [here, there] = [await world.namespace(), await world.namespace()];
    const name = uniqueName("same");
    const data = { password: encodeBase64(world.canary.value) };
    await world.put({ metadata: { namespace: here, name, labels: { [LABEL]: "a" } }, data });
    await world.put({ metadata: { namespace: there, name }, data });
    await world.put({ metadata: { namespace: there, name: `${name}-2` }, data });
    const places = async (query: ListQuery) =>
      (await world.store.list(query, soon())).map(({ namespace, name }) => [namespace, name]);
    const both = await places({ name });
    assert.deepEqual(new Set(both.map(String)), new Set([`${here},${name}`, `${there},${name}`]));
    assert.equal(both.length, 2);
    assert.deepEqual(await places({ name, namespace: there }), [[there, name]]);
    assert.deepEqual(await places({ name, selector: `${LABEL}=a` }), [[here, name]]);
    assert.deepEqual(await places({ name, selector: `${LABEL}=b` }), []);
    assert.deepEqual(await places({ name: uniqueName("none") }), []);
  });

  test("lists all secrets of a namespace without a selector", async (world) => {
    const namespace = await world.namespace();
    await world.put({ metadata: { namespace, name: "a", labels: { [LABEL]: "a" } } });
    await world.put({ metadata: { namespace, name: "b" } });
    const listed = await world.store.list({ namespace }, soon());
    assert.deepEqual(listed.map(({ name }) => name).sort(), ["a", "b"]);
  });

  for (const repository of [false, true]) {
    const how = repository ? "with repository fields" : "without repository fields";
    test(`returns the requested annotation, ${how}, whatever it contains`, async (world) => {
      const namespace = await world.namespace();
      const wanted = new Map<string, string | undefined>();
      const { value } = world.canary;
      const data = { url: encodeBase64("https://example.com/a"), password: encodeBase64(value) };
      for (const [i, text] of ODD_TEXTS.entries()) {
        wanted.set(`odd-${i}`, text);
        const annotations = { [NOTE]: text, [LAST_APPLIED]: `{"password":"${value}"}` };
        await world.put({ metadata: { namespace, name: `odd-${i}`, annotations }, data });
      }
      wanted.set("none", undefined);
      wanted.set("other", undefined);
      await world.put({ metadata: { namespace, name: "none" }, data });
      const annotations = { [`${NOTE}-2`]: "another", [LAST_APPLIED]: value };
      await world.put({ metadata: { namespace, name: "other", annotations }, data });
      const query = { namespace, annotation: NOTE, repository };
      const listed = await world.store.list(query, soon());
      assert.deepEqual(new Map(listed.map(({ name, annotation }) => [name, annotation])), wanted);
      const url = repository ? "https://example.com/a" : undefined;
      for (const secret of listed) {
        assert.equal(secret.repository?.url, url);
        assert.equal("annotation" in secret, wanted.get(secret.name) !== undefined);
      }
    });
  }

  test("shows no annotation that was not requested", async (world) => {
    const namespace = await world.namespace();
    const annotations = { [NOTE]: world.canary.value, [LAST_APPLIED]: world.canary.value };
    await world.put({ metadata: { namespace, name: "a", annotations } });
    for (const repository of [false, true]) {
      const [secret] = await world.store.list({ namespace, repository }, soon());
      assert.equal(secret?.name, "a");
      assert.equal("annotation" in secret!, false);
    }
  });

  if (subject.judges) {
    test("rejects an invalid selector, and reports it", async (world) => {
      for (const selector of ["a in (", "a=b=c", "a b"]) {
        const expected = { kind: "invalid", message: /cannot parse the label selector$/ };
        await assert.rejects(world.store.list({ selector }, soon()), expected);
        await assert.rejects(world.store.namespaces(selector, soon()), expected);
      }
    });
  }
}
