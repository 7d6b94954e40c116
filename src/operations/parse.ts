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
 * @param search the query; not by Hono's `queries`, which lose a parameter without a name and one
 * that is `__proto__`
 * @param inPath parameters that are parts of the path
 * @throws {OperationError} 400 naming the parameter; no value is quoted
 */
export function parseQuery<Schema extends z.ZodObject<z.ZodRawShape, z.core.$strict>>(
  search: URLSearchParams,
  schema: Schema,
  inPath: Readonly<Record<string, string | undefined>> = {},
): z.output<Schema> {
  // In one pass: `getAll` for each name would take the square of their number.
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
 * Parses the body as JSON by a schema. The content type is not looked at: curl sends a form's. A
 * query is refused: a `dry_run` in it would be passed over, and the write be done.
 * @param search the query
 * @param given the body
 * @throws {OperationError} 400 naming the field or the position; nothing of the body is quoted
 */
export function parseBody<Schema extends z.ZodType>(
  search: URLSearchParams,
  given: Given["body"],
  { schema, fields, refused = {} }: Body<Schema>,
): z.output<Schema> {
  const names = Object.keys(fields);
  refuseQuery(search, names);
  const body = given instanceof Uint8Array ? parseJson(given, names) : given;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("must be a JSON object");
  }
  for (const [field, rule] of Object.entries(refused)) {
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

/** How many names are looked at that are not known: one is enough to refuse a request. */
const MAX_UNKNOWN = 10;

/** Most fields of an object in a body; those of the body itself end at {@link MAX_UNKNOWN}. */
const MAX_FIELDS = 1000;

/** All that is known, and the first of what is not, so that a schema refuses it. */
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

/** Says of what stands in the query where it belongs. */
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
 * Refuses a body where the query says everything: a `dry_run` in it would be passed over.
 * @param parameters that the query may have
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
  const empty = () => invalid("is empty; send a JSON object");
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
    // Its message quotes the text. What gets here is nested deeper than JSON.parse goes.
    throw invalid("is not valid JSON");
  }
}

/**
 * Finds what JSON.parse would quote in its message (an error) or pass over (a repeated field), and
 * stops where there are more fields than can be meant.
 * @param fields that the body may have
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
        if (names.has(name)) wrong ??= `has a field twice ${at(line, column)}`;
        names.add(name);
        if (objects.length === 1 && !known.has(name)) unknown++;
        if (unknown > MAX_UNKNOWN) {
          wrong ??= `has more than ${MAX_UNKNOWN} unknown fields; ` +
            `the fields are ${fields.join(", ")}`;
        }
        if (names.size > MAX_FIELDS) {
          wrong ??= `has an object of more than ${MAX_FIELDS} fields ${at(line, column)}`;
        }
        if (names.size > MAX_FIELDS || unknown > MAX_UNKNOWN) throw new Enough();
      },
    }, { disallowComments: true });
  } catch (error) {
    if (error instanceof RangeError) wrong ??= "is nested too deep";
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
 * What is wrong: what is missing first, in the schema's order, unless it is there in another
 * spelling.
 * @param namesAt those of the fields of the object at a path
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

/** Of a field that is missing: those of which any would do, as a schema of its own says it. */
const insteadOf = (issue: Issue): readonly string[] | undefined =>
  issue.code === "custom" ? issue.params?.instead : undefined;

/**
 * The message of a wrong type, and of a whole number that is too large for one, where the schema has none of
 * its own; all others have.
 */
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

/** Fields of one endpoint that another one has under another name. */
const OTHER_WORDS: Readonly<Partial<Record<string, string>>> = {
  repository_url: "url",
  repository_urls: "urls",
  cluster_name: "cluster",
};

/** The field that a name looks like a misspelling of; any other could be a misplaced value. */
function nearestTo(
  name: string,
  fields: readonly string[],
  kind: Part = "field",
): string | undefined {
  if (!/^[\w-]{1,40}$/.test(name)) return undefined;
  const word = kind === "field" ? OTHER_WORDS[name] : undefined;
  return word !== undefined && fields.includes(word) ? word : nearestName(name, fields);
}
