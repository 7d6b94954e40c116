import assert from "node:assert/strict";
import { ENDPOINTS } from "../../src/server/endpoints.ts";
import { handle } from "../../src/server/routes/openapi.ts";

/** Holds answers to `/openapi.json`: each is one that the document describes, field by field. */

// deno-lint-ignore no-explicit-any -- a document, walked by its names
export type Json = any;

/** Answers of what stands before every endpoint, or of a bug, which no endpoint describes. */
const OF_ALL: ReadonlySet<number> = new Set([401, 405, 429, 500, 503]);

let document: Json;

/** The document, made once. */
export async function openapi(): Promise<Json> {
  const deps = { version: "1.2.3", endpoints: ENDPOINTS };
  return document ??= JSON.parse(
    JSON.stringify((await handle(undefined as never, deps as never)).body),
  );
}

/** Fails when the document has the path and method, and another answer than this one. */
export async function assertDocumented(
  request: { readonly method: string; readonly url: string },
  status: number,
  body: unknown,
): Promise<void> {
  const { responses } = await operationOf(request) ?? {};
  if (responses === undefined) return;
  const described = responses[status];
  if (described === undefined) {
    assert.ok(OF_ALL.has(status), `${request.method} ${request.url}: ${status} is not described`);
    return;
  }
  const { schema } = described.content["application/json"];
  const wrong = problems(schema, body, await openapi());
  assert.deepEqual(wrong, [], `${request.method} ${request.url}: ${status}`);
}

async function operationOf({ method, url }: { method: string; url: string }): Promise<Json> {
  const { pathname } = new URL(url);
  const { paths } = await openapi();
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const path = pathname in paths
    ? pathname
    : Object.keys(paths).find((path) =>
      new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname)
    );
  return path === undefined ? undefined : paths[path][verb];
}

/** Words of JSON Schema that the document uses and {@link problems} knows. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["$ref", "type", "properties", "required", "additionalProperties", "items", "enum"],
  ...["anyOf", "allOf", "format", "pattern", "description", "example"],
]);

/**
 * What about a value is not as its schema has it. A field that the schema does not name is a
 * problem, unless it says that there may be more: the document is to be complete.
 */
export function problems(schema: Json, value: Json, root: Json, at = "$"): string[] {
  const unknown = Object.keys(schema).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) return [`${at}: ${unknown} is not understood here`];
  if (Object.keys(schema).length === 0) return []; // anything
  if (schema.$ref !== undefined) {
    return problems(root.components.schemas[schema.$ref.split("/").at(-1)], value, root, at);
  }
  if (schema.anyOf !== undefined) {
    const each: string[][] = schema.anyOf.map((one: Json) => problems(one, value, root, at));
    return each.some((found) => found.length === 0) ? [] : each.flat();
  }
  if (schema.allOf !== undefined) {
    const each: string[][] = schema.allOf.map((one: Json) => problems(one, value, root, at));
    // What one of them does not name another one may.
    const isHeld = (problem: string) =>
      !problem.endsWith(UNNAMED) || each.every((found) => found.includes(problem));
    return [...new Set(each.flat().filter(isHeld))];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: not of the enum`];
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(typeOf(value, types))) {
    return [`${at}: ${typeOf(value, types)} in place of ${types}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => problems(schema.items, item, root, `${at}[${i}]`));
  }
  if (typeof value === "string" && schema.pattern !== undefined) {
    return new RegExp(schema.pattern, "u").test(value) ? [] : [`${at}: not of the pattern`];
  }
  return typeof value === "object" && value !== null ? inside(schema, value, root, at) : [];
}

const UNNAMED = "is not described";

function inside(schema: Json, value: Json, root: Json, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name: string) => !Object.hasOwn(value, name))
    .map((name: string) => `${at}.${name}: is missing`);
  return [
    ...missing,
    ...Object.entries(value).flatMap(([name, field]) => {
      if (Object.hasOwn(properties, name)) {
        return problems(properties[name], field, root, `${at}.${name}`);
      }
      return additionalProperties
        ? problems(additionalProperties, field, root, `${at}.${name}`)
        : [`${at}.${name}: ${UNNAMED}`];
    }),
  ];
}

function typeOf(value: Json, types: readonly string[]): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value) && types.includes("integer")) return "integer";
  return typeof value;
}
