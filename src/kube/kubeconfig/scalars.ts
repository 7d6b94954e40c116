import { decodeBase64 } from "../../text/bytes.ts";
import { reject } from "./not_usable.ts";

/** The value of a YAML scalar. */
export type Scalar = string | number | boolean | null;

const PREFIX = "tag:yaml.org,2002:";

/** Tags that are resolved; with any other tag the value is the text itself. */
const RESOLVED: ReadonlySet<string> = new Set(
  ["str", "bool", "int", "float", "null", "timestamp"].map((name) => PREFIX + name),
);

const WORDS: ReadonlyMap<string, boolean | null | number> = new Map<
  string,
  boolean | null | number
>([
  ...inCases(["y", "yes", "true", "on"], true),
  ...inCases(["n", "no", "false", "off"], false),
  ...inCases(["", "~", "null"], null),
  ...inCases([".nan", "+.inf", "-.inf", ".inf"], NaN), // JSON has none of them
  [".NaN", NaN],
]);

function inCases<T>(words: readonly string[], value: T): [string, T][] {
  const capital = (word: string) => word.replace(/[a-z]/, (letter) => letter.toUpperCase());
  return words.flatMap((word) =>
    [word, capital(word), word.toUpperCase()].map((form): [string, T] => [form, value])
  );
}

/**
 * Resolves a scalar like kubectl's YAML library: YAML 1.1 without base-60 numbers, and with dates as
 * strings.
 * @param tag the full tag; empty when there is none
 * @param isPlain whether the scalar is neither quoted nor a block, or its tag is `!`
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/resolve.go
 * @throws {NotUsable} when the value does not match the tag
 */
export function scalarOf(text: string, tag: string, isPlain: boolean): Scalar {
  if (tag === `${PREFIX}binary`) return decoded(text);
  if (tag === "" ? !isPlain : !RESOLVED.has(tag) || tag === `${PREFIX}str`) return text;
  const value = plain(text);
  if (tag === "") return value;
  const kind = tag.slice(PREFIX.length);
  const fits: Readonly<Record<string, boolean>> = {
    bool: typeof value === "boolean",
    int: typeof value === "number" && Number.isInteger(value),
    float: typeof value === "number",
    null: value === null,
    timestamp: isTimestamp(text),
  };
  return fits[kind] ? value : reject("a tag (!!) in it does not match its value");
}

function decoded(text: string): string {
  const bytes = decodeBase64(text) ?? reject("a !!binary in it is not base64");
  return new TextDecoder().decode(bytes);
}

function plain(text: string): Scalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (/^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text)) return finite(text);
  if (!/^[-+0-9]/.test(text) || isTimestamp(text)) return text;
  const digits = text.replaceAll("_", "");
  const [, sign, base] = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
    .exec(digits) ?? [];
  if (base !== undefined) {
    const number = Number(/^0[0-7]+$/.test(base) ? `0o${base.slice(1)}` : base);
    return finite(sign === "-" ? -number : number, text);
  }
  const isFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits);
  return isFloat ? finite(digits, text) : text;
}

/** A number that is too large for Go is a string. */
function finite(value: string | number, text = String(value)): number | string {
  return Number.isFinite(Number(value)) ? Number(value) : text;
}

/** Whether a text looks like a date, which makes it a string; no form of a date is also a number. */
function isTimestamp(text: string): boolean {
  return /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ]|$)/.test(text);
}
