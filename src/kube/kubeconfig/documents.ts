import { COLLECTION_STYLE, type Event, parseEvents, YAMLException } from "js-yaml";
import { refuse } from "./refused.ts";

/**
 * The text up to where the first document ends, which is where kubectl stops to read: a line that
 * begins with `---` or `...` after something that belongs to a document.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/yaml.go
 * @throws {NotUsable} also of line breaks that kubectl's parser knows and ours does not: behind one,
 * in what is a comment to us, could stand a program to run
 */
export function firstDocument(text: string): string {
  if (/[\u0085\u2028\u2029]/.test(text)) {
    return refuse("a line break in it is neither LF nor CR LF, and it is not read for safety");
  }
  let hasBegun = false;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const isMarker = /^(---|\.\.\.)([ \t]|$)/.test(line);
    if (isMarker && hasBegun) return text.slice(0, index);
    if (/^%(?!(YAML|TAG)\s)/.test(line) && !hasBegun || isMarker && line.startsWith(".")) {
      return notYaml(text, index);
    }
    if (isMarker || !/^[ \t]*(#|$)|^%/.test(line)) hasBegun = true;
  }
  return text;
}

/** @param at an offset */
export function notYaml(text: string, at: number): never {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return refuse(`it is not valid YAML at line ${lines.length}, column ${lines.at(-1)!.length + 1}`);
}

/** Characters that may be parsed until all lines are indented. */
const MAX_WORK = 4 * 1024 * 1024;
const INDENT = " ".repeat(64);

/**
 * Whether a text up to an offset is all of a document, so that what follows is not read: a bracket
 * closed, or lines began less indented than the first.
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
 * The events of a document, and the text that they point into. Two things that kubectl takes are no
 * YAML: what follows a whole document without a `---`, which it does not read, and lines in brackets
 * and quotes that are indented less than the bracket's own, such as a closing one at the margin.
 * Space means nothing there, so that some is put in front of them.
 * @throws {NotUsable} with the position of what is not YAML, which the parser's message would quote
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
        return refuse("it is nested deeper than a kubeconfig is, and not read further for safety");
      } else {
        return refuse(`it is not valid YAML at line ${line + 1}, column ${column + 1 - before}`);
      }
    }
  }
}
