import { visit } from "jsonc-parser";
import { load } from "js-yaml";
import { byteLength } from "../text/bytes.ts";
import { isObject, parsedJson } from "../text/json.ts";

/** How much of an index is parsed, in bytes: it may be very large, and parsing blocks all other requests. */
export const HEAD = 64 * 1024;

/** The charts in the head of an index. */
export interface Charts {
  readonly count: number;
  /** Whether the index may continue after the head. */
  readonly isCut: boolean;
}

/**
 * Counts the charts in a repository's index; `undefined` where the text is not an index. Of an index longer than
 * {@link HEAD}, only chart names in the head count; in long YAML, as `helm repo index` writes it, lines are counted
 * without parsing.
 * @see https://github.com/helm/helm/blob/v3.18.0/pkg/repo/index.go for the required fields of an index
 */
export function countCharts(text: string): Charts | undefined {
  const isCut = text.length >= HEAD || byteLength(text) >= HEAD;
  const count = isCut ? countInHead(text.slice(0, HEAD)) : countInWhole(text);
  return count === undefined ? undefined : { count, isCut };
}

function countInWhole(text: string): number | undefined {
  if (text.startsWith("{")) return countIn(parsedJson(text));
  try {
    return countIn(load(text));
  } catch {
    return undefined; // the error message would quote the text
  }
}

function countIn(index: unknown): number | undefined {
  if (!isObject(index) || !index.apiVersion) return undefined;
  const entries = index.entries ?? {};
  return isObject(entries) ? Object.keys(entries).length : undefined;
}

function countInHead(head: string): number | undefined {
  return head.startsWith("{") ? countProperties(head) : countLines(head);
}

/** Counts the properties of `entries` in truncated JSON; the last one may be incomplete. */
function countProperties(head: string): number | undefined {
  let count: number | undefined;
  let hasVersion = false;
  try {
    visit(head, {
      onObjectProperty(name, _offset, _length, _line, _column, path) {
        const [first, ...more] = path();
        if (first === undefined && name === "apiVersion") hasVersion = true;
        if (first === undefined && name === "entries") count = 0;
        if (first === "entries" && more.length === 0 && count !== undefined) count++;
      },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested too deeply for the stack
    return undefined;
  }
  return hasVersion ? count : undefined;
}

/** Counts the keys of the first indentation below `entries:`; list items may have the same indentation. */
function countLines(head: string): number | undefined {
  const lines = head.split(/\r\n|\n|\r/).slice(0, -1);
  if (!lines.some((line) => line.startsWith("apiVersion:") && line.trimEnd() !== "apiVersion:")) {
    return undefined;
  }
  const start = lines.findIndex((line) => line.trimEnd() === "entries:");
  if (start < 0) return undefined;
  let indentation: number | undefined;
  let count = 0;
  for (const line of lines.slice(start + 1)) {
    const text = line.trimStart();
    const before = line.length - text.length;
    if (text === "" || text.startsWith("#") || text.startsWith("-")) continue;
    if (before === 0) break;
    indentation ??= before;
    if (before === indentation && text.trimEnd().endsWith(":")) count++;
  }
  return indentation === undefined ? undefined : count;
}
