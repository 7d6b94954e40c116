import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/operations/table.ts";
import { openApiDocument } from "../../src/operations/openapi.ts";

/** Checks responses against `/openapi.json`, field by field. */

// deno-lint-ignore no-explicit-any -- a document, accessed by field names
export type Json = any;

let document: Json;

/** The document, built once. */
export async function openapi(): Promise<Json> {
  return document ??= JSON.parse(
    JSON.stringify(await openApiDocument("1.2.3", OPERATIONS)),
  );
}

/**
 * Fails if the document has the path and method but describes another response.
 * @param headers checked when given
 */
export async function assertDocumented(
  request: { readonly method: string; readonly url: string },
  status: number,
  body: unknown,
  headers?: Headers,
): Promise<void> {
  const root = await openapi();
  const { responses } = await operationOf(request) ?? {};
  if (responses === undefined) return;
  const what = `${request.method} ${request.url}: ${status}`;
  assert.ok(responses[status], `${what} is not described`);
  const response = referred(responses[status], root);
  const wrong = problems(response.content["application/json"].schema, body, root);
  assert.deepEqual(wrong, [], what);
  if (headers) assert.deepEqual(headerProblems(response.headers, headers, root), [], what);
}

/** Fails if the document describes another event for a stream of this request. */
export async function assertEventDocumented(
  request: { readonly method: string; readonly url: string },
  event: unknown,
): Promise<void> {
  const root = await openapi();
  const { responses } = await operationOf(request);
  const { schema } = responses[200].content["application/x-ndjson"];
  assert.deepEqual(problems(schema, event, root), []);
}

/** Headers specific to some responses, which must be described there. */
const TELLING = ["X-Request-Id", "WWW-Authenticate", "Retry-After", "Allow"];

function headerProblems(described: Json, headers: Headers, root: Json): string[] {
  const names = [...new Set([...Object.keys(described), ...TELLING])];
  return names.flatMap((name) => {
    const value = headers.get(name);
    if (described[name] === undefined) return value === null ? [] : [`${name}: ${UNNAMED}`];
    const { required, schema } = referred(described[name], root);
    if (value === null) return required ? [`${name}: is missing`] : [];
    return problems(schema, schema.type === "integer" ? Number(value) : value, root, name);
  });
}

/** Resolves a reference; returns anything else as it is. */
export function referred(node: Json, root: Json): Json {
  if (typeof node.$ref !== "string") return node;
  const found = node.$ref.split("/").slice(1).reduce((at: Json, name: string) => at?.[name], root);
  assert.ok(found, `${node.$ref} does not exist`);
  return found;
}

/** A client accepts any name in a path template, even one that makes it another endpoint's path. */
async function operationOf({ method, url }: { method: string; url: string }): Promise<Json> {
  const { pathname } = new URL(url);
  const { paths } = await openapi();
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const path = [pathname, ...Object.keys(paths)].find((path) =>
    paths[path]?.[verb] !== undefined &&
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname)
  );
  return path === undefined ? undefined : paths[path][verb];
}

/** JSON Schema keywords that the document uses and {@link problems} knows. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["$ref", "type", "properties", "required", "additionalProperties", "items", "enum"],
  ...["anyOf", "allOf", "format", "pattern", "minimum", "description", "example", "deprecated"],
]);

/**
 * What in a value does not match its schema. A field that the schema does not name is a
 * problem, unless the schema allows more fields: the document is to be complete.
 */
export function problems(schema: Json, value: Json, root: Json, at = "$"): string[] {
  const unknown = Object.keys(schema).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) return [`${at}: ${unknown} is not understood here`];
  if (Object.keys(schema).length === 0) return []; // anything
  if (schema.$ref !== undefined) return problems(referred(schema, root), value, root, at);
  if (schema.anyOf !== undefined) {
    const each: string[][] = schema.anyOf.map((one: Json) => problems(one, value, root, at));
    return each.some((found) => found.length === 0) ? [] : each.flat();
  }
  if (schema.allOf !== undefined) {
    const each: string[][] = schema.allOf.map((one: Json) => problems(one, value, root, at));
    // A field that one of the parts does not name may be named by another.
    const unnamed = new Set(Object.keys(value ?? {}).map((name) => `${at}.${name}: ${UNNAMED}`));
    const isHeld = (problem: string) =>
      !unnamed.has(problem) || each.every((found) => found.includes(problem));
    return [...new Set(each.flat().filter(isHeld))];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: not of the enum`];
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(typeOf(value, types))) {
    return [`${at}: ${typeOf(value, types)} in place of ${types}`];
  }
  if (value < schema.minimum) return [`${at}: is less than ${schema.minimum}`];
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
