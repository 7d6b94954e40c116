import { COLLECTION_STYLE, type Event, parseEvents, YAMLException } from "js-yaml";
import { reject } from "./not_usable.ts";

/**
 * The first document of a text, since kubectl stops reading there: at a line that starts with `---` or
 * `...` after the document's content.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/yaml.go
 * @throws {NotUsable} also for line breaks that kubectl's parser knows and ours does not: after such a
 * break, a comment for our parser could be a program to run for kubectl
 */
export function firstDocument(text: string): string {
  if (/[\u0085\u2028\u2029]/.test(text)) {
    return reject(
      "it contains a line break other than LF or CR LF, which is not allowed for safety",
    );
  }
  let hasBegun = false;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const isMarker = /^(---|\.\.\.)([ \t]|$)/.test(line);
    if (isMarker && hasBegun) return text.slice(0, index);
    if (/^%(?!(YAML|TAG)\s)/.test(line) && !hasBegun || isMarker && line.startsWith(".")) {
      return rejectYaml(text, index);
    }
    if (isMarker || !/^[ \t]*(#|$)|^%/.test(line)) hasBegun = true;
  }
  return text;
}

/** Rejects a text with the line and column of an offset. */
export function rejectYaml(text: string, at: number): never {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return reject(`it is not valid YAML at line ${lines.length}, column ${lines.at(-1)!.length + 1}`);
}

/** Characters that may be parsed in all while {@link parsed} indents lines. */
const MAX_WORK = 4 * 1024 * 1024;
const INDENT = " ".repeat(64);

/**
 * Whether the text up to an offset is a complete document, so that kubectl ignores the rest: its bracket
 * was closed, or a line is less indented than the first one.
 */
function isWhole(text: string, end: number): boolean {
  if (end === 0 || !/[\r\n]/.test(text[end - 1]!)) return false;
  try {
    const root = parseEvents(text.slice(0, end), {})[1];
    if (root === undefined || !("start" in root)) return false;
    const isIndented = root.start > 0 && !/[\r\n]/.test(text[root.start - 1]!);
    return root.style === COLLECTION_STYLE.FLOW || isIndented;
  } catch {
    return false;
  }
}

/**
 * The events of a document, and the text that their offsets refer to. kubectl accepts two things that are
 * not valid YAML: text after a complete document without a `---`, which it ignores, and lines within
 * brackets or quotes that are less indented than the line of the opening one. Such lines get more
 * indentation here, which does not change their meaning.
 * @throws {NotUsable} with the position of the error; the parser's message would quote the text
 */
export function parsed(text: string): { events: Event[]; source: string } {
  const indented = new Map<number, number>();
  let source = text;
  for (let work = 0;; work += source.length) {
    try {
      return { events: parseEvents(source, {}), source };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const { reason, mark } = error;
      const { line = 0, column = 0, position = 0 } = mark ?? {};
      const before = indented.get(line) ?? 0;
      if (reason === "deficient indentation" && work < MAX_WORK) {
        const start = position - column;
        source = source.slice(0, start) + INDENT + source.slice(start);
        indented.set(line, before + INDENT.length);
      } else if (
        /^end of the stream or a document separator/.test(reason) && isWhole(source, position)
      ) {
        source = source.slice(0, position);
      } else if (/^nesting exceeded/.test(reason)) {
        return reject("it is nested deeper than is allowed for safety");
      } else {
        return reject(`it is not valid YAML at line ${line + 1}, column ${column + 1 - before}`);
      }
    }
  }
}
