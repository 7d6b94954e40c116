import type { z } from "@hono/zod-openapi";
import { visit } from "jsonc-parser";
import type { Fields } from "../fields/field.ts";
import { OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import type { Given } from "./operation.ts";
import type { Part } from "./request_kinds.ts";
import { jsonError } from "./json_errors.ts";
import type { Body } from "./schemas/body.ts";

/**
 * Parses the query by a schema, which is strict.
 * @param search the query; Hono's `queries` would lose a parameter without a name, and `__proto__`
 * @param inPath parameters in the path
 * @throws {OperationError} 400 naming the parameter; quotes no value
 */
export function parseQuery<Schema extends z.ZodObject<z.ZodRawShape, z.core.$strict>>(
  search: URLSearchParams,
  schema: Schema,
  inPath: Readonly<Record<string, string | undefined>> = {},
): z.output<Schema> {
  // One pass: `getAll` for each name would take quadratic time.
  const given = [...Map.groupBy(search, ([key]) => key)].map(([key, pairs]) =>
    [key, pairs.length === 1 ? pairs[0]![1] : pairs.map(([, value]) => value)] as const
  );
  const twice = given.find(([key]) => Object.hasOwn(inPath, key));
  if (twice) throw new OperationError("misplaced_field", { field: twice[0], why: "in_path" });
  const names = Object.keys(schema.shape).filter((name) => !Object.hasOwn(inPath, name));
  const query = { ...withFewUnknown(given, names), ...inPath };
  const parsed = schema.safeParse(query, { error: wording });
  if (parsed.success) return parsed.data;
  throw explain(parsed.error.issues, query, "parameter", () => names);
}

/**
 * Parses the body as JSON by a schema. The content type is ignored: curl sends that of a form. A query is an
 * error: a `dry_run` in it would be ignored, and the write carried out.
 * @param search the query
 * @param given the body
 * @throws {OperationError} 400 naming the field or the position; quotes nothing of the body
 */
export function parseBody<Schema extends z.ZodType>(
  search: URLSearchParams,
  given: Given["body"],
  { schema, fields, rejected = {} }: Body<Schema>,
): z.output<Schema> {
  const names = Object.keys(fields);
  refuseQuery(search, names);
  const body = given instanceof Uint8Array ? parseJson(given, names) : given;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("must be a JSON object");
  }
  for (const [field, rule] of Object.entries(rejected)) {
    if (!Object.hasOwn(body, field)) continue;
    throw new OperationError("invalid_field", { kind: "field", field, rule });
  }
  const parsed = schema.safeParse(body, { error: wording });
  if (parsed.success) return parsed.data;
  throw explain(parsed.error.issues, body, "field", (path) => Object.keys(inside(fields, path)));
}

/** The fields of the object at a path. */
const inside = (fields: Fields, path: Path): Fields =>
  path.reduce(
    (all, step) => typeof step === "number" ? all : all[String(step)]?.fields ?? {},
    fields,
  );

const invalid = (why: string) => new OperationError("invalid_body", { why });

/** Most unknown names that are examined: one is enough to reject a request. */
const MAX_UNKNOWN = 10;

/** Most fields of an object in a body; {@link MAX_UNKNOWN} limits those of the body itself. */
const MAX_FIELDS = 1000;

/** All known names, and the first unknown ones, which the schema rejects. */
function withFewUnknown(
  given: readonly (readonly [name: string, value: unknown])[],
  names: readonly string[],
): Record<string, unknown> {
  const known = new Set(names);
  let unknown = 0;
  return Object.fromEntries(
    given.filter(([name]) => known.has(name) || ++unknown <= MAX_UNKNOWN),
  );
}

/** @throws {OperationError} if there is a query; names the field of the body that is meant */
function refuseQuery(search: URLSearchParams, fields: readonly string[]): void {
  const given = [...search.keys()];
  if (given.length === 0) return;
  const field = given.find((name) => fields.includes(name));
  if (field !== undefined) throw new OperationError("misplaced_field", { field, why: "in_body" });
  for (const name of given.slice(0, MAX_UNKNOWN)) {
    const nearest = nearestTo(name, fields);
    if (nearest === undefined) continue;
    throw new OperationError("misplaced_field", { field: nearest, name, why: "like_field" });
  }
  throw new OperationError("misplaced_field", { known: fields, why: "no_query" });
}

/**
 * Rejects a body if all parameters are in the query: a `dry_run` in the body would be ignored.
 * @param parameters of the query
 * @throws {OperationError} 400
 */
export function refuseBody(
  method: string,
  body: Given["body"],
  parameters: readonly string[],
): void {
  const isThere = body instanceof Uint8Array ? body.length > 0 : Object.keys(body).length > 0;
  if (isThere) throw new OperationError("body_not_allowed", { method, parameters });
}

function parseJson(bytes: Uint8Array, fields: readonly string[]): unknown {
  const empty = () => invalid("is empty. Send a JSON object");
  if (bytes.length === 0) throw empty();
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid("is not valid UTF-8");
  }
  if (text.trim() === "") throw empty();
  checkJson(text, fields);
  try {
    return JSON.parse(text);
  } catch {
    // Its message would quote the text. Only text nested deeper than JSON.parse allows gets here.
    throw invalid("is not valid JSON");
  }
}

/**
 * Finds what JSON.parse would quote in its message (a syntax error) or ignore (a duplicate field), and stops at
 * more fields than a valid request can have.
 * @param fields of the body
 * @throws {OperationError} 400
 */
function checkJson(text: string, fields: readonly string[]): void {
  const known = new Set(fields);
  let unknown = 0;
  let wrong: string | undefined;
  const at = (line: number, column: number) => `at line ${line + 1}, column ${column + 1}`;
  const objects: Set<string>[] = [];
  try {
    visit(text, {
      onError: (code, _offset, _length, line, column) => {
        wrong ??= `is not valid JSON ${at(line, column)}: ${jsonError(code)}`;
      },
      onObjectBegin: () => {
        objects.push(new Set());
      },
      onObjectEnd: () => {
        objects.pop();
      },
      onObjectProperty: (name, _offset, _length, line, column) => {
        const names = objects.at(-1)!;
        if (names.has(name)) wrong ??= `has a duplicate field ${at(line, column)}`;
        names.add(name);
        if (objects.length === 1 && !known.has(name)) unknown++;
        if (unknown > MAX_UNKNOWN) {
          wrong ??= `has more than ${MAX_UNKNOWN} unknown fields. ` +
            `Known fields: ${fields.join(", ")}`;
        }
        if (names.size > MAX_FIELDS) {
          wrong ??= `has an object with more than ${MAX_FIELDS} fields ${at(line, column)}`;
        }
        if (names.size > MAX_FIELDS || unknown > MAX_UNKNOWN) throw new Enough();
      },
    }, { disallowComments: true });
  } catch (error) {
    if (error instanceof RangeError) wrong ??= "is nested too deeply";
    else if (!(error instanceof Enough)) throw error;
  }
  if (wrong !== undefined) throw invalid(wrong);
}

/** Ends a visit early. */
class Enough extends Error {}

type Issue = z.core.$ZodIssue;
type Path = Issue["path"];

const at = (given: unknown, path: Path): unknown =>
  path.reduce((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], given);

/**
 * The error of a request that does not match its schema. Missing fields come first, in the order of the schema,
 * unless one was misspelled.
 * @param namesAt names of the fields of the object at a path
 */
function explain(
  issues: readonly Issue[],
  given: object,
  kind: Part,
  namesAt: (path: Path) => readonly string[],
): OperationError {
  const names = namesAt([]);
  const lacking = issues.filter(({ path }) => at(given, path) === undefined)
    .sort(({ path: [a] }, { path: [b] }) => names.indexOf(String(a)) - names.indexOf(String(b)));
  const fields = [...new Set(lacking.map(({ path }) => path.join(".")))];
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.slice(0, MAX_UNKNOWN)
        .map((name) => unknownField(name, kind, namesAt(issue.path), issue.path))
      : []
  );
  if (lacking.length > 0) {
    const misspelled = unknown.find(({ remedy }) => remedy?.field === fields[0]);
    const { path, message: rule } = lacking[0]!;
    const instead = insteadOf(lacking[0]!);
    if (misspelled !== undefined) return misspelled;
    const isNoneSelected = fields.includes("cluster") || fields.includes("clusters");
    if (isNoneSelected && names.includes("cluster_selector")) {
      return new OperationError("selection_required", { kind, fields });
    }
    return new OperationError("missing_field", {
      kind,
      fields,
      ...path.length > 1 && { rule },
      ...instead && { instead },
    });
  }
  const { code, path, message: rule } = issues[0]!;
  if (code === "unrecognized_keys") return unknown[0]!;
  return new OperationError("invalid_field", { kind, field: path.join("."), rule });
}

/** Alternatives to a missing field, if its schema has any. */
const insteadOf = (issue: Issue): readonly string[] | undefined =>
  issue.code === "custom" ? issue.params?.instead : undefined;

/** The message of a wrong type, or of a number out of range, if the schema has none. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "too_big") return "must be smaller";
  if (issue.code === "too_small") return "must be larger";
  if (issue.code !== "invalid_type") return undefined;
  const article = /^[aeiou]/.test(issue.expected) ? "an" : "a";
  return `must be ${article} ${issue.expected}`;
}

function unknownField(
  name: string,
  kind: Part,
  known: readonly string[],
  path: Path,
): OperationError {
  const nearest = nearestTo(name, known, kind);
  const named = nearest === undefined ? {} : { name, nearest };
  const at = path.length === 0 ? {} : { at: path.join(".") };
  return new OperationError("unknown_field", { kind, known, ...named, ...at });
}

/** Fields that have another name in other endpoints. */
const OTHER_WORDS: Readonly<Partial<Record<string, string>>> = {
  repository_url: "url",
  repository_urls: "urls",
  cluster_name: "cluster",
};

/** The field that a name is a misspelling of; `undefined` for any other text, which could be a secret. */
function nearestTo(
  name: string,
  fields: readonly string[],
  kind: Part = "field",
): string | undefined {
  if (!/^[\w-]{1,40}$/.test(name)) return undefined;
  const word = kind === "field" ? OTHER_WORDS[name] : undefined;
  return word !== undefined && fields.includes(word) ? word : nearestName(name, fields);
}
