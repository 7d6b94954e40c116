import assert from "node:assert/strict";
import { assertDocumented, type Json, problems } from "./documented.ts";

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
const error = { $ref: "#/components/schemas/Error" };

const ROWS: [what: string, schema: Json, value: Json, found: string[]][] = [
  ["what is as described", object, { a: "1", b: "2" }, []],
  ["a field that is missing", object, { b: "2" }, ["$.a: is missing"]],
  ["a field of another type", object, { a: 1 }, ["$.a: number in place of string"]],
  ["null in place of a text", object, { a: null }, ["$.a: null in place of string"]],
  ["a field that is not named", object, { a: "1", x: 1 }, ["$.x: is not described"]],
  ["one that may be null", { type: ["string", "null"] }, null, []],
  ["a fraction", { type: "integer" }, 1.5, ["$: number in place of integer"]],
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
