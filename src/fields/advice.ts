import { parsedJson } from "../text/json.ts";

/**
 * Advice on which fields to send, in one fixed form. {@link send} writes it for users of the API;
 * {@link given} rewrites it for users of the command line, who give the same fields as flags.
 */

/** The part of a request that has the fields. */
export type Where = "body" | "query";

/** An advised value: a boolean, a whole number or a text. */
export type Value = string | boolean | number;
export type Advised = Readonly<Record<string, Value>>;

/** `send "as": "repo-creds" and "url": "…"` for a body, `send force=true` for a query. */
export function send(fields: Advised, where: Where = "body", joint: Joint = " and "): string {
  return SEND + Object.entries(fields).map(([name, value]) => headOf(name, where) + valueOf(value))
    .join(joint);
}

const SEND = "send ";

/** Words between the fields of one advice. */
const JOINTS = [" and ", " with "] as const;

type Joint = typeof JOINTS[number];

const headOf = (name: string, where: Where) => where === "body" ? `"${name}": ` : `${name}=`;
const valueOf = (value: Value) => JSON.stringify(value);

/**
 * Rewrites the advice of {@link send} in a text, also at the start of a sentence.
 * @param names fields to rewrite; advice about other fields stays as it is
 * @param say renders a field with its value, such as `--as repo-creds`
 */
export function given(
  text: string,
  names: readonly string[],
  say: (name: string, value: Value) => string,
): string {
  const [before = "", ...parts] = text.split(/([Ss]end )/);
  const pieces = parts.flatMap((send, i) => i % 2 === 0 ? [{ send, piece: parts[i + 1]! }] : []);
  return before + pieces.map(({ send, piece }) => {
    const give = send === SEND ? "give " : "Give ";
    let said = "";
    for (let rest = piece;;) {
      const joint = said === "" ? "" : JOINTS.find((each) => rest.startsWith(each));
      const read = joint === undefined ? undefined : readField(rest.slice(joint.length), names);
      if (read === undefined) return (said === "" ? send : give + said) + rest;
      said += joint + say(read.name, read.value);
      rest = read.rest;
    }
  }).join("");
}

interface Read {
  readonly name: string;
  readonly value: Value;
  /** The text after the field. */
  readonly rest: string;
}

/** The field at the start of a text. */
function readField(text: string, names: readonly string[]): Read | undefined {
  for (const name of names) {
    for (const head of [headOf(name, "body"), headOf(name, "query")]) {
      const read = text.startsWith(head) ? readValue(text.slice(head.length)) : undefined;
      if (read !== undefined) return { name, ...read };
    }
  }
}

function readValue(text: string): Omit<Read, "name"> | undefined {
  for (const value of [true, false]) {
    const written = valueOf(value);
    if (text.startsWith(written)) return { value, rest: text.slice(written.length) };
  }
  const [digits] = /^\d{1,15}(?!\d)/.exec(text) ?? [];
  if (digits !== undefined) return { value: Number(digits), rest: text.slice(digits.length) };
  if (!text.startsWith('"')) return undefined;
  // Visits each character once: a server's text may be long and consist of escaped quotes only.
  let end = 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  const value = parsedJson(text.slice(0, end + 1));
  return typeof value === "string" ? { value, rest: text.slice(end + 1) } : undefined;
}
