import type { z } from "@hono/zod-openapi";
import { distance } from "fastest-levenshtein";
import type { Context } from "hono";
import { visit } from "jsonc-parser";
import { HttpError } from "./http_error.ts";
import { jsonError } from "./json_errors.ts";

/**
 * Parses the query by a schema, which is strict.
 * @param inPath parameters that are parts of the path
 * @throws {HttpError} 400 naming the parameter; no value is quoted
 */
export function parseQuery<Shape extends z.ZodRawShape>(
  c: Context,
  schema: z.ZodObject<Shape, z.core.$strict>,
  inPath: Readonly<Record<string, string | undefined>> = {},
): z.output<z.ZodObject<Shape, z.core.$strict>> {
  // In one pass: `getAll` for each name would take the square of their number.
  const given = [...Map.groupBy(searchOf(c), ([key]) => key)].map(([key, pairs]) =>
    [key, pairs.length === 1 ? pairs[0]![1] : pairs.map(([, value]) => value)] as const
  );
  const twice = given.find(([key]) => Object.hasOwn(inPath, key));
  if (twice) throw new HttpError(400, `Parameter '${twice[0]}' stands in the path`);
  const names = Object.keys(schema.shape).filter((name) => !Object.hasOwn(inPath, name));
  const query = { ...withFewUnknown(given, names), ...inPath };
  const parsed = schema.safeParse(query, { error: wording });
  if (!parsed.success) {
    throw new HttpError(400, explain(parsed.error.issues, query, "parameter", names));
  }
  return parsed.data;
}

/** Not by Hono's `queries`, which lose a parameter without a name and one that is `__proto__`. */
function searchOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

/**
 * Parses the body as JSON by a schema. The content type is not looked at: curl sends a form's. A
 * query is refused: a `dry_run` in it would be passed over, and the write be done.
 * @param fields names of the schema's fields, to tell the nearest one to an unknown one
 * @throws {HttpError} 400 naming the field or the position; nothing of the body is quoted
 */
export async function parseBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  fields: readonly string[],
): Promise<z.output<Schema>> {
  refuseQuery(c, fields);
  const body = parseJson(await c.req.arrayBuffer(), fields);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "Request body must be a JSON object");
  }
  const parsed = schema.safeParse(body, { error: wording });
  if (parsed.success) return parsed.data;
  throw new HttpError(400, explain(parsed.error.issues, body, "field", fields));
}

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
function refuseQuery(c: Context, fields: readonly string[]): void {
  const given = [...searchOf(c).keys()];
  if (given.length === 0) return;
  const field = given.find((name) => fields.includes(name));
  if (field !== undefined) {
    const message = `Parameter '${field}' belongs in the JSON body, as a field; there is no query`;
    throw new HttpError(400, message);
  }
  const near = given.slice(0, MAX_UNKNOWN).flatMap((name) => {
    const nearest = nearestTo(name, fields);
    return nearest === undefined ? [] : [{ name, nearest }];
  })[0];
  throw new HttpError(
    400,
    near === undefined
      ? "Unknown parameter; there is no query, and the fields of the JSON body are " +
        fields.join(", ")
      : `Unknown parameter '${near.name}'; did you mean the field '${near.nearest}' of the JSON ` +
        "body?",
  );
}

/**
 * Refuses a body where the query says everything: a `dry_run` in it would be passed over.
 * @param parameters that the query may have
 * @throws {HttpError} 400
 */
export async function refuseBody(c: Context, parameters: readonly string[]): Promise<void> {
  if ((await c.req.arrayBuffer()).byteLength === 0) return;
  const message = `${c.req.method} takes no body; the query's parameters are `;
  throw new HttpError(400, message + parameters.join(", "));
}

function parseJson(bytes: ArrayBuffer, fields: readonly string[]): unknown {
  if (bytes.byteLength === 0) throw new HttpError(400, "Request body is empty; send a JSON object");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "Request body is not valid UTF-8");
  }
  if (text.trim() === "") throw new HttpError(400, "Request body is empty; send a JSON object");
  checkJson(text, fields);
  try {
    return JSON.parse(text);
  } catch {
    // Its message quotes the text. What gets here is nested deeper than JSON.parse goes.
    throw new HttpError(400, "Request body is not valid JSON");
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
  if (wrong !== undefined) throw new HttpError(400, `Request body ${wrong}`);
}

/** Ends a visit early. */
class Enough extends Error {}

type Issue = z.core.$ZodIssue;

/**
 * One sentence about what is wrong: what is missing first, in the schema's order, unless it is there
 * in another spelling.
 */
function explain(
  issues: readonly Issue[],
  given: object,
  kind: "parameter" | "field",
  fields: readonly string[],
): string {
  const [missing] = issues
    .filter(({ path }) => path.length === 1 && !Object.hasOwn(given, path[0]!))
    .sort((a, b) => fields.indexOf(String(a.path[0])) - fields.indexOf(String(b.path[0])));
  if (missing) {
    const name = String(missing.path[0]);
    const unknown = issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : []
    );
    const misspelled = unknown.find((key) => nearestTo(key, fields) === name);
    if (misspelled !== undefined) return unknownField(misspelled, kind, fields);
    return kind === "parameter"
      ? `Missing required parameter '${name}'`
      : `Missing required field: ${name}`;
  }
  const issue = issues[0]!;
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return path === ""
      ? unknownField(issue.keys[0]!, kind, fields)
      : `Field '${path}' has an unknown field`;
  }
  const name = path === "" ? "" : ` '${path}'`;
  return `${kind === "parameter" ? "Parameter" : "Field"}${name} ${issue.message}`;
}

/** The message of a wrong type, where the schema has none of its own; all others have. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  const article = /^[aeiou]/.test(issue.expected) ? "an" : "a";
  return `must be ${article} ${issue.expected}`;
}

function unknownField(
  name: string,
  kind: "parameter" | "field",
  fields: readonly string[],
): string {
  const nearest = nearestTo(name, fields);
  if (fields.length === 0) return `Unknown ${kind}; there is none here`;
  return nearest === undefined
    ? `Unknown ${kind}; the ${kind}s are ${fields.join(", ")}`
    : `Unknown ${kind} '${name}'; did you mean '${nearest}'?`;
}

/** Fields of one endpoint that another one has under another name. */
const OTHER_WORDS: Readonly<Partial<Record<string, string>>> = {
  repository_url: "url",
  repository_urls: "urls",
};

/** The field that a name looks like a misspelling of; any other could be a misplaced value. */
function nearestTo(name: string, fields: readonly string[]): string | undefined {
  if (!/^[\w-]{1,40}$/.test(name)) return undefined;
  const far = (field: string) => distance(name.toLowerCase(), field);
  const word = OTHER_WORDS[name];
  if (word !== undefined && fields.includes(word)) return word;
  const [nearest] = [...fields].sort((a, b) => far(a) - far(b));
  return nearest !== undefined && far(nearest) <= Math.max(2, nearest.length / 3)
    ? nearest
    : undefined;
}
