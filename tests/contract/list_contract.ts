import assert from "node:assert/strict";
import { REPOSITORY_ROWS } from "../../src/kube/fake/repository_rows.ts";
import type { RepositoryFields } from "../../src/kube/store.ts";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { soon } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const LABEL = "tests.invalid/kind";

/** Texts that could be mistaken for the syntax of a transport. */
const ODD_TEXTS = [
  "two\nlines\r\n",
  "a \"quoted\" 'text' with spaces, commas; and {{.data}}",
  "grüße 🗝️ ключ",
  " leading, trailing, tab\t ",
  "%s%20+&=\\n\\",
];

export function listContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("lists by a label selector, in all namespaces and in one", async (world) => {
    const [here, there] = [await world.namespace(), await world.namespace()];
    const value = uniqueName("v");
    const data = { password: encodeBase64(world.canary.value) };
    const labels = { [LABEL]: value, "other": "x.y_z" };
    await world.put({ metadata: { namespace: here, name: "one", labels }, data });
    await world.put({ metadata: { namespace: there, name: "two", labels }, data });
    await world.put({ metadata: { namespace: here, name: "other", labels: { [LABEL]: "no" } } });
    await world.put({ metadata: { namespace: here, name: "bare" }, data });

    const selector = `${LABEL}=${value}`;
    const all = await world.store.list({ selector }, soon());
    assert.deepEqual(all.map(({ name }) => name).sort(), ["one", "two"]);
    const [one, ...more] = await world.store.list({ selector, namespace: here }, soon());
    const stored = await world.find(here, "one");
    assert.deepEqual(more, []);
    assert.deepEqual(one, {
      namespace: here,
      name: "one",
      labels,
      type: "Opaque",
      creationTimestamp: stored?.metadata.creationTimestamp,
    });
  });

  test("lists by a set of label values, and an empty list if nothing matches", async (world) => {
    const namespace = await world.namespace();
    for (const kind of ["a", "b", "c"]) {
      await world.put({ metadata: { namespace, name: kind, labels: { [LABEL]: kind } } });
    }
    const names = async (selector: string) =>
      (await world.store.list({ selector, namespace }, soon())).map(({ name }) => name).sort();
    assert.deepEqual(await names(`${LABEL} in (a,c)`), ["a", "c"]);
    assert.deepEqual(await names(`${LABEL}=none`), []);
    const nowhere = { selector: `${LABEL}=a`, namespace: uniqueName("missing") };
    assert.deepEqual(await world.store.list(nowhere, soon()), []);
  });

  test("returns the decoded fields of a repository, whatever they contain", async (world) => {
    const namespace = await world.namespace();
    const wanted = new Map<string, RepositoryFields>();
    for (const [i, text] of ODD_TEXTS.entries()) {
      const fields = {
        url: `https://example.com/${text}`,
        name: text,
        type: "helm",
        username: text,
        enableOCI: "true",
        project: text,
      };
      wanted.set(`odd-${i}`, { ...fields, usernameIsToken: false });
      const data = { ...encoded(fields), password: encodeBase64(world.canary.value) };
      const labels = { [LABEL]: "repository" };
      await world.put({ metadata: { namespace, name: `odd-${i}`, labels }, data });
    }
    const query = { selector: `${LABEL}=repository`, namespace, repository: true };
    const listed = await world.store.list(query, soon());
    assert.deepEqual(new Map(listed.map(({ name, repository }) => [name, repository])), wanted);
  });

  test("reads the fields of a repository in the same way, without empty ones", async (world) => {
    const namespace = await world.namespace();
    const labels = { [LABEL]: "repository" };
    for (const { what, data } of REPOSITORY_ROWS) {
      await world.put({ metadata: { namespace, name: what, labels }, data });
    }
    const query = { selector: `${LABEL}=repository`, namespace, repository: true };
    const listed = await world.store.list(query, soon());
    assert.deepEqual(
      new Map(listed.map(({ name, repository }) => [name, repository])),
      new Map(REPOSITORY_ROWS.map(({ what, fields }) => [what, fields])),
    );
  });

  test("returns one annotation beside the fields of a repository, if it exists", async (world) => {
    const namespace = await world.namespace();
    const labels = { [LABEL]: "repository" };
    const note = "2027-01-31 = two\nlines, %20";
    const data = { url: encodeBase64("https://example.com/a") };
    const put = (
      name: string,
      annotations: Record<string, string>,
      data: Record<string, string> = {},
    ) => world.put({ metadata: { namespace, name, labels, annotations }, data });
    await put("a-noted", { note, other: world.canary.value }, data);
    await put("b-other", { other: world.canary.value }, data);
    await put("c-empty", { note });
    const query = {
      selector: `${LABEL}=repository`,
      namespace,
      repository: true,
      annotation: "note",
    };
    const listed = await world.store.list(query, soon());
    assert.deepEqual(
      listed.map(({ name, annotation, repository }) => [name, annotation, repository?.url])
        .sort(([a], [b]) => a! < b! ? -1 : 1),
      [
        ["a-noted", note, "https://example.com/a"],
        ["b-other", undefined, "https://example.com/a"],
        ["c-empty", note, undefined],
      ],
    );
  });

  for (const repository of [false, true]) {
    const how = repository ? "with repository fields" : "without repository fields";
    test(`lists secrets with odd types and without data, ${how}, and no value is shown`, async (world) => {
      const namespace = await world.namespace();
      const labels = { [LABEL]: "odd" };
      const password = encodeBase64(world.canary.value);
      const odd = "example.com/two\nlines and  spaces + %20 {{.data}}";
      await world.put({ metadata: { namespace, name: "a-none", labels } });
      await world.put({ metadata: { namespace, name: "b-empty", labels }, data: {} });
      await world.put({ metadata: { namespace, name: "c-blank", labels }, data: { url: "" } });
      await world.put({ metadata: { namespace, name: "d-type", labels }, type: odd });
      const data = { password, other: password, ".dockerconfigjson": password };
      await world.put({ metadata: { namespace, name: "e-value", labels }, data });
      const query = { selector: `${LABEL}=odd`, namespace, repository };
      const listed = await world.store.list(query, soon());
      assert.deepEqual(
        listed.map(({ name, type, labels }) => ({ name, type, labels }))
          .sort((a, b) => a.name < b.name ? -1 : 1),
        ["a-none", "b-empty", "c-blank", "d-type", "e-value"].map((name) => ({
          name,
          type: name === "d-type" ? odd : "Opaque",
          labels,
        })),
      );
      const none = repository ? { usernameIsToken: false } : undefined;
      for (const secret of listed) assert.deepEqual(secret.repository, none);
    });
  }
}

function encoded(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, text]) => [key, encodeBase64(text)]),
  );
}
