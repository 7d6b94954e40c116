import type { z } from "@hono/zod-openapi";
import { distance } from "fastest-levenshtein";
import type { Context } from "hono";
import { visit } from "jsonc-parser";
import { HttpError } from "./http_error.ts";
import { jsonError } from "./json_errors.ts";

/**
 * Parses the query by a schema.
 * @param inPath parameters that are parts of the path
 * @throws {HttpError} 400 naming the parameter; no value is quoted
 */
export function parseQuery<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  inPath: Readonly<Record<string, string | undefined>> = {},
): z.output<Schema> {
  const given = Object.entries(c.req.queries()).map(([key, values]) =>
    values.length === 1 ? [key, values[0]] : [key, values]
  );
  const twice = given.find(([key]) => Object.hasOwn(inPath, String(key)));
  if (twice) throw new HttpError(400, `Parameter '${twice[0]}' stands in the path`);
  const query = { ...Object.fromEntries(given), ...inPath };
  const parsed = schema.safeParse(query, { error: wording });
  if (parsed.success) return parsed.data;
  const names = "shape" in schema ? Object.keys(schema.shape as object) : [];
  throw new HttpError(400, explain(parsed.error.issues, query, "parameter", names));
}

/**
 * Parses the body as JSON by a schema. The content type is not looked at: curl sends a form's.
 * @param fields names of the schema's fields, to tell the nearest one to an unknown one
 * @throws {HttpError} 400 naming the field or the position; nothing of the body is quoted
 */
export async function parseBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  fields: readonly string[],
): Promise<z.output<Schema>> {
  const body = parseJson(await c.req.arrayBuffer());
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "Request body must be a JSON object");
  }
  const parsed = schema.safeParse(body, { error: wording });
  if (parsed.success) return parsed.data;
  throw new HttpError(400, explain(parsed.error.issues, body, "field", fields));
}

function parseJson(bytes: ArrayBuffer): unknown {
  if (bytes.byteLength === 0) throw new HttpError(400, "Request body is empty; send a JSON object");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "Request body is not valid UTF-8");
  }
  if (text.trim() === "") throw new HttpError(400, "Request body is empty; send a JSON object");
  checkJson(text);
  try {
    return JSON.parse(text);
  } catch {
    // Its message quotes the text. What gets here is nested deeper than JSON.parse goes.
    throw new HttpError(400, "Request body is not valid JSON");
  }
}

/** Finds what JSON.parse would quote in its message (an error) or pass over (a repeated field). */
function checkJson(text: string): void {
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
      },
    }, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    wrong ??= "is nested too deep";
  }
  if (wrong !== undefined) throw new HttpError(400, `Request body ${wrong}`);
}

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
  if (!/^\w{1,40}$/.test(name)) return undefined;
  const far = (field: string) => distance(name.toLowerCase(), field);
  const word = OTHER_WORDS[name];
  if (word !== undefined && fields.includes(word)) return word;
  const [nearest] = [...fields].sort((a, b) => far(a) - far(b));
  return nearest !== undefined && far(nearest) <= Math.max(2, nearest.length / 3)
    ? nearest
    : undefined;
}
