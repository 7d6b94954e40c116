import { load } from "js-yaml";
import { isRecord, parseJson } from "./json.ts";

/**
 * Longest text that is parsed as YAML, in UTF-16 units: one of 20 MiB would hold up everybody for a
 * second.
 */
const MAX_PARSED = 1024 * 1024;

/**
 * How many charts a repository's index has; `undefined` when the text is no index. A long one, as
 * `helm repo index` writes it, has its lines counted; its YAML is not checked.
 * @see https://github.com/helm/helm/blob/v3.18.0/pkg/repo/index.go for what an index has to have
 */
export function countCharts(text: string): number | undefined {
  if (text.startsWith("{")) return countIn(parseJson(text));
  if (text.length > MAX_PARSED) return countLines(text);
  try {
    return countIn(load(text));
  } catch {
    return undefined; // the message would quote the text
  }
}

function countIn(index: unknown): number | undefined {
  if (!isRecord(index) || !index.apiVersion) return undefined;
  const entries = index.entries ?? {};
  return isRecord(entries) ? Object.keys(entries).length : undefined;
}

/** Counts the keys of the first indentation below `entries:`; items of lists may stand as far left. */
function countLines(text: string): number | undefined {
  const start = /^entries:[ \t]*\r?$/m.exec(text);
  if (!start || !/^apiVersion:[ \t]*\S/m.test(text)) return undefined;
  const below = text.slice(start.index + start[0].length);
  const end = /^[^\s#-]/m.exec(below);
  const entries = end ? below.slice(0, end.index) : below;
  const first = /^( {1,20})[^\s#-]/m.exec(entries)?.[1];
  if (first === undefined) return undefined;
  let count = 0;
  const key = new RegExp(`^${first}[^\\s#-][^\\n]*:[ \\t\\r]*$`, "gm");
  while (key.exec(entries)) count++;
  return count;
}
