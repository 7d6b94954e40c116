import assert from "node:assert/strict";
import {
  ACCOUNT_LIST,
  type AnswerShape,
  NAMESPACE_LIST,
  objectShape,
  removedShape,
  SECRET_LIST,
  SECRET_TABLE,
  whyOther,
  writtenShape,
} from "./shapes.ts";

const REF = { namespace: "a", name: "x" };
const SECRET = objectShape("Secret", REF);
const WRITTEN = writtenShape(SECRET, false);
const secret = (metadata: object = {}) => ({
  kind: "Secret",
  apiVersion: "v1",
  metadata: { ...REF, uid: "u", resourceVersion: "1", ...metadata },
});
const list = (kind: string, items: unknown) => ({ kind, apiVersion: "v1", items });
const table = (more: object = {}) => ({
  kind: "Table",
  apiVersion: "meta.k8s.io/v1",
  columnDefinitions: [{ name: "Name" }, { name: "Type" }],
  rows: [{ cells: ["x", "Opaque"], object: { metadata: REF } }],
  ...more,
});

const ROWS: [what: string, shape: AnswerShape, body: unknown, fits: boolean][] = [
  ["a list", SECRET_LIST, list("SecretList", [secret()]), true],
  ["an empty list", SECRET_LIST, list("SecretList", []), true],
  ["a list that Go wrote as null", SECRET_LIST, list("SecretList", null), true],
  ["a list without items", SECRET_LIST, { kind: "SecretList", apiVersion: "v1" }, false],
  ["a list with invalid items", SECRET_LIST, list("SecretList", {}), false],
  ["a list of null", SECRET_LIST, list("SecretList", [null]), false],
  ["a list of objects without metadata", SECRET_LIST, list("SecretList", [{}]), false],
  [
    "a list of objects without a namespace",
    SECRET_LIST,
    list("SecretList", [{ metadata: { name: "x" } }]),
    false,
  ],
  [
    "another version of a list",
    SECRET_LIST,
    { ...list("SecretList", []), apiVersion: "v2" },
    false,
  ],
  [
    "a list of namespaces",
    NAMESPACE_LIST,
    list("NamespaceList", [{ metadata: { name: "a" } }]),
    true,
  ],
  ["namespaces in place of accounts", ACCOUNT_LIST, list("NamespaceList", []), false],
  ["a Table", SECRET_TABLE, table(), true],
  ["a Table without rows", SECRET_TABLE, table({ rows: null }), true],
  ["a Table without types", SECRET_TABLE, table({ columnDefinitions: [{ name: "Name" }] }), false],
  ["a Table of rows without objects", SECRET_TABLE, table({ rows: [{ cells: ["x", ""] }] }), false],
  ["a list in place of a Table", SECRET_TABLE, list("SecretList", []), false],
  ["the secret", SECRET, secret(), true],
  ["another secret", SECRET, secret({ name: "y" }), false],
  ["the secret of another namespace", SECRET, secret({ namespace: "b" }), false],
  ["a secret without metadata", SECRET, { kind: "Secret", apiVersion: "v1" }, false],
  ["a written secret", WRITTEN, secret(), true],
  ["a written secret without a uid", WRITTEN, secret({ uid: "" }), false],
  ["a written secret without a version", WRITTEN, secret({ resourceVersion: undefined }), false],
  [
    "a secret of a dry run without a version",
    writtenShape(SECRET, true),
    secret({ resourceVersion: undefined }),
    true,
  ],
  ["a Status of success", removedShape(REF), {
    kind: "Status",
    apiVersion: "v1",
    status: "Success",
  }, true],
  ["a Status 'Failure'", removedShape(REF), {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
  }, false],
  ["a Status of nothing", removedShape(REF), { kind: "Status", apiVersion: "v1" }, false],
  [
    "the secret that is kept by finalizers",
    removedShape(REF),
    secret({ deletionTimestamp: "now" }),
    true,
  ],
];

for (const [what, shape, body, fits] of ROWS) {
  Deno.test(`${what} is ${fits ? "" : "not "}${shape.what}`, () => {
    assert.equal(shape.fits(body), fits);
    for (const other of [undefined, null, 1, "x", [], {}]) assert.ok(!shape.fits(other));
  });
}

Deno.test("the error for an unexpected response describes it, and quotes nothing of it", () => {
  const given = (body: unknown) =>
    /but got (.*); the kubeconfig's/.exec(whyOther(SECRET, body))?.[1];
  assert.equal(given(undefined), "a response that is not JSON");
  assert.equal(given([1]), "a JSON array");
  assert.equal(given("canary"), "JSON that is neither an object nor an array");
  assert.equal(given({ canary: 1 }), "an object without a kind");
  assert.equal(given({ kind: "canary" }), "an object of another kind");
  assert.equal(given({ kind: "Status", status: "Failure" }), "a Status 'Failure'");
  assert.equal(given(secret({ name: "canary" })), "a Secret with other content");
});
