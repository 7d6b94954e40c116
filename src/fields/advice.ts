import { parsedJson } from "../text/json.ts";

/**
 * Advice on which fields to send, in its one form. It is written here, for who writes requests, and read
 * here, for who gives the same fields by other means: neither takes part in what the other says.
 */

/** Where a request has its fields. */
export type Where = "body" | "query";

/** What is advised; each value is a yes or no, a whole number, or a text. */
export type Value = string | boolean | number;
export type Advised = Readonly<Record<string, Value>>;

/** `send "as": "repo-creds" and "url": "…"` of a body, `send force=true` of a query. */
export function send(fields: Advised, where: Where = "body", joint: Joint = " and "): string {
  return SEND + Object.entries(fields).map(([name, value]) => headOf(name, where) + valueOf(value))
    .join(joint);
}

const SEND = "send ";

/** Between fields of one advice. */
const JOINTS = [" and ", " with "] as const;

type Joint = typeof JOINTS[number];

const headOf = (name: string, where: Where) => where === "body" ? `"${name}": ` : `${name}=`;
const valueOf = (value: Value) => JSON.stringify(value);

/**
 * A text with what {@link send} has written there in other words, also where it begins a sentence.
 * @param names of the fields that may be advised; what is advised of others stays
 * @param say how such a field is given: `--as repo-creds`
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
  /** What comes after it. */
  readonly rest: string;
}

/** The field that a text begins with. */
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
  // Each character once: a server's text may be long, and hold nothing but escaped quotes.
  let end = 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  const value = parsedJson(text.slice(0, end + 1));
  return typeof value === "string" ? { value, rest: text.slice(end + 1) } : undefined;
}
