import assert from "node:assert/strict";
import { assertDocumented, type Json, problems } from "../documented.ts";

/** The check of responses against the document finds every deviation. */

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
  ["an object as described", object, { a: "1", b: "2" }, []],
  ["a missing field", object, { b: "2" }, ["$.a: is missing"]],
  ["a field of another type", object, { a: 1 }, ["$.a: number in place of string"]],
  ["null instead of a string", object, { a: null }, ["$.a: null in place of string"]],
  ["an undescribed field", object, { a: "1", x: 1 }, ["$.x: is not described"]],
  ["a nullable value", { type: ["string", "null"] }, null, []],
  ["a fraction", { type: "integer" }, 1.5, ["$: number in place of integer"]],
  ["a number below the minimum", { type: "integer", minimum: 0 }, -1, ["$: is less than 0"]],
  ["a number at the minimum", { type: "integer", minimum: 0 }, 0, []],
  ["an item of a list", { type: "array", items: text }, ["a", 1], [
    "$[1]: number in place of string",
  ]],
  ["a value outside the enum", { ...text, enum: ["a"] }, "b", ["$: not of the enum"]],
  ["a string that does not match the pattern", { ...text, pattern: "^a$" }, "b", [
    "$: not of the pattern",
  ]],
  ["an object behind a $ref", error, { message: 1, more: [1] }, [
    "$.message: number in place of string",
  ]],
  ["a match of one alternative of anyOf", { anyOf: [object, more] }, { c: "1" }, []],
  ["a match of no alternative of anyOf", { anyOf: [text, { type: "boolean" }] }, 1, [
    "$: number in place of string",
    "$: number in place of boolean",
  ]],
  ["a match of both parts of allOf", { allOf: [object, more] }, { a: "1", c: "1" }, []],
  ["a match of one part of allOf", { allOf: [object, more] }, { a: "1", x: "1" }, [
    "$.x: is not described",
    "$.c: is missing",
  ]],
  ["an undescribed field nested in allOf", { allOf: [object, deep] }, { a: "1", d: { x: "1" } }, [
    "$.d.x: is not described",
  ]],
  ["an allOf with an open part", { allOf: [error, more] }, { message: "m", c: "1", x: "1" }, []],
  ["an unsupported keyword", { ...text, not: {} }, "a", ["$: not is not understood here"]],
];

for (const [what, schema, value, found] of ROWS) {
  Deno.test(`${what} yields: ${found.join(", ") || "no problem"}`, () => {
    assert.deepEqual(problems(schema, value, ROOT), found);
  });
}

const clusters = { method: "GET", url: "http://localhost/clusters" };

Deno.test("an undescribed response, or one that does not match, fails", async () => {
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
  ["the documented headers", 401, { ...ID, "WWW-Authenticate": "Bearer" }],
  ["a required header that is missing", 401, ID, /WWW-Authenticate: is missing/],
  ["an optional header that is missing", 503, ID],
  [
    "a header of another type",
    503,
    { ...ID, "Retry-After": "soon" },
    /Retry-After: number in place/,
  ],
  [
    "an undescribed header",
    401,
    { ...ID, "WWW-Authenticate": "", Allow: "GET" },
    /Allow: is not/,
  ],
];

for (const [what, status, headers, found] of HEADERS) {
  Deno.test(`headers: ${what} yields ${found?.source ?? "no problem"}`, async () => {
    const looked = assertDocumented(clusters, status, ERROR, new Headers(headers));
    await (found ? assert.rejects(looked, found) : looked);
  });
}

Deno.test("a secret whose name makes another endpoint's path is still matched as a secret", async () => {
  const verify = { ...clusters, url: "http://localhost/secrets/verify?cluster=b" };
  await assertDocumented(verify, 405, { ...ERROR, status_code: 405 });
  await assert.rejects(assertDocumented(verify, 200, {}), /cluster: is missing/);
  const docker = { method: "POST", url: "http://localhost/secrets/add_docker" };
  await assert.rejects(assertDocumented(docker, 405, ERROR), /405 is not described/);
});
