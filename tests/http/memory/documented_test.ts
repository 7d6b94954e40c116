import assert from "node:assert/strict";
import { assertDocumented, type Json, problems } from "../documented.ts";

/** What holds answers to the document would see it, were they not as described. */

const ROOT = {
  components: {
    schemas: {
      Error: {
        type: "object",
        properties: { message: { type: "string" } },
        required: ["message"],
        additionalProperties: {},
      },
    },
  },
};
const text = { type: "string" };
const object = { type: "object", properties: { a: text, b: text }, required: ["a"] };
const more = { type: "object", properties: { c: text }, required: ["c"] };
const deep = { type: "object", properties: { d: { type: "object", properties: { a: text } } } };
const error = { $ref: "#/components/schemas/Error" };

const ROWS: [what: string, schema: Json, value: Json, found: string[]][] = [
  ["what is as described", object, { a: "1", b: "2" }, []],
  ["a field that is missing", object, { b: "2" }, ["$.a: is missing"]],
  ["a field of another type", object, { a: 1 }, ["$.a: number in place of string"]],
  ["null in place of a text", object, { a: null }, ["$.a: null in place of string"]],
  ["a field that is not named", object, { a: "1", x: 1 }, ["$.x: is not described"]],
  ["one that may be null", { type: ["string", "null"] }, null, []],
  ["a fraction", { type: "integer" }, 1.5, ["$: number in place of integer"]],
  ["a number that is too small", { type: "integer", minimum: 0 }, -1, ["$: is less than 0"]],
  ["the smallest number", { type: "integer", minimum: 0 }, 0, []],
  ["an item of a list", { type: "array", items: text }, ["a", 1], [
    "$[1]: number in place of string",
  ]],
  ["a value beside the enum", { ...text, enum: ["a"] }, "b", ["$: not of the enum"]],
  ["a text beside the pattern", { ...text, pattern: "^a$" }, "b", ["$: not of the pattern"]],
  ["what a reference leads to", error, { message: 1, more: [1] }, [
    "$.message: number in place of string",
  ]],
  ["one of two", { anyOf: [object, more] }, { c: "1" }, []],
  ["none of two", { anyOf: [text, { type: "boolean" }] }, 1, [
    "$: number in place of string",
    "$: number in place of boolean",
  ]],
  ["both of two", { allOf: [object, more] }, { a: "1", c: "1" }, []],
  ["not quite both of two", { allOf: [object, more] }, { a: "1", x: "1" }, [
    "$.x: is not described",
    "$.c: is missing",
  ]],
  ["something in a field of both of two", { allOf: [object, deep] }, { a: "1", d: { x: "1" } }, [
    "$.d.x: is not described",
  ]],
  ["an open and another one", { allOf: [error, more] }, { message: "m", c: "1", x: "1" }, []],
  ["what it does not know", { ...text, not: {} }, "a", ["$: not is not understood here"]],
];

for (const [what, schema, value, found] of ROWS) {
  Deno.test(`${what} is told: ${found.join(", ") || "nothing"}`, () => {
    assert.deepEqual(problems(schema, value, ROOT), found);
  });
}

const clusters = { method: "GET", url: "http://localhost/clusters" };

Deno.test("an answer that is described otherwise, or not at all, fails", async () => {
  await assertDocumented(clusters, 200, { clusters: ["a"], total: 1 });
  await assert.rejects(assertDocumented(clusters, 200, { clusters: ["a"] }), /total: is missing/);
  await assert.rejects(assertDocumented(clusters, 418, {}), /418 is not described/);
  const secret = { ...clusters, url: "http://localhost/secrets/a?cluster=b" };
  await assert.rejects(assertDocumented(secret, 200, {}), /cluster: is missing/);
  await assertDocumented({ ...clusters, url: "http://localhost/nowhere" }, 404, {});
});

const ERROR = { error: true, message: "no", status_code: 401 };
const ID = { "X-Request-Id": "a" };

const HEADERS: [what: string, status: number, headers: Record<string, string>, found?: RegExp][] = [
  ["as described", 401, { ...ID, "WWW-Authenticate": "Bearer" }],
  ["one that has to be there and is not", 401, ID, /WWW-Authenticate: is missing/],
  ["one that may be missing", 503, ID],
  ["one of another type", 503, { ...ID, "Retry-After": "soon" }, /Retry-After: number in place/],
  [
    "one that is not described",
    401,
    { ...ID, "WWW-Authenticate": "", Allow: "GET" },
    /Allow: is not/,
  ],
];

for (const [what, status, headers, found] of HEADERS) {
  Deno.test(`of headers ${what} is told: ${found?.source ?? "nothing"}`, async () => {
    const looked = assertDocumented(clusters, status, ERROR, new Headers(headers));
    await (found ? assert.rejects(looked, found) : looked);
  });
}

Deno.test("a name that makes another endpoint's path is still an answer to who asked by name", async () => {
  const verify = { ...clusters, url: "http://localhost/secrets/verify?cluster=b" };
  await assertDocumented(verify, 405, { ...ERROR, status_code: 405 });
  await assert.rejects(assertDocumented(verify, 200, {}), /cluster: is missing/);
  const docker = { method: "POST", url: "http://localhost/secrets/add_docker" };
  await assert.rejects(assertDocumented(docker, 405, ERROR), /405 is not described/);
});
