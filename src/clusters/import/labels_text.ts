import { COLLECTION_STYLE, dump, type Event, EVENT_ID, getScalarValue, parseEvents } from "js-yaml";
import { isDeepStrictEqual } from "node:util";
import { type LabelsByCluster, parseLabels } from "../labels.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * The text of `labels.yaml` with additional labels of clusters. Comments are kept, unless the text has to be
 * generated anew.
 * @throws {LabelsInvalid} when the current text is invalid
 */
export function withLabels(text: string, toSet: LabelsByCluster): string {
  const wanted = new Map(parseLabels(text));
  for (const [cluster, labels] of toSet) {
    wanted.set(cluster, { ...wanted.get(cluster), ...labels });
  }
  const changed = new Map([...toSet.keys()].map((cluster) => [cluster, wanted.get(cluster)!]));
  return firstRight(wanted, [() => edited(text, changed), () => anew(text, wanted)]);
}

/**
 * The text of `labels.yaml` without these clusters.
 * @throws {LabelsInvalid}
 */
export function withoutClusters(text: string, clusters: readonly string[]): string {
  const wanted = new Map(parseLabels(text));
  const gone = new Set(clusters);
  for (const cluster of gone) wanted.delete(cluster);
  return firstRight(wanted, [
    () => replaced(text, entriesOf(text), ({ name }) => gone.has(name) ? "" : undefined),
    () => anew(text, wanted),
  ]);
}

/** The first text that parses to the wanted labels: editing the text in place may go wrong. */
function firstRight(wanted: LabelsByCluster, texts: readonly (() => string)[]): string {
  for (const make of texts) {
    const text = make();
    try {
      if (isDeepStrictEqual(parseLabels(text), wanted)) return text;
    } catch {
      continue;
    }
  }
  throw new Error("labels cannot be written in a way that reads back the same");
}

/** Replaces the entries of these clusters, and appends the new ones. */
function edited(text: string, changed: LabelsByCluster): string {
  const lineOf = (cluster: string) => `${scalar(cluster)}: ${flow(changed.get(cluster)!)}\n`;
  const entries = entriesOf(text);
  const there = new Set(entries.map(({ name }) => name));
  const whole = replaced(text, entries, ({ name, last, end }) => {
    if (!changed.has(name)) return undefined;
    const rest = text.slice(last, end);
    const comment = rest.search(/\s#/);
    const line = lineOf(name);
    return comment < 0 ? line : `${line.trimEnd()} ${rest.slice(comment).trim()}\n`;
  });
  const isWhole = whole === "" || whole.endsWith("\n");
  const added = [...changed.keys()].filter((cluster) => !there.has(cluster)).map(lineOf);
  return [whole, ...isWhole || added.length === 0 ? [] : ["\n"], ...added].join("");
}

/** Replaces each entry for which `by` returns a text. */
function replaced(
  text: string,
  entries: readonly EntryAt[],
  by: (entry: EntryAt) => string | undefined,
): string {
  let at = 0;
  const pieces = entries.flatMap((entry) => {
    const instead = by(entry);
    if (instead === undefined) return [];
    const before = text.slice(at, entry.start);
    at = entry.end;
    return [before, instead];
  });
  return [...pieces, text.slice(at)].join("");
}

/** Generates the whole text, and keeps only the comments at its start. */
function anew(text: string, wanted: LabelsByCluster): string {
  const [head = ""] = /^(?:[ \t]*#[^\n]*\n|[ \t]*\n)*/.exec(text) ?? [];
  return head + [...wanted].map(([name, labels]) => `${scalar(name)}: ${flow(labels)}\n`).join("");
}

const flow = (labels: Labels) =>
  `{${
    Object.entries(labels).map(([key, value]) => `${scalar(key)}: ${scalar(value)}`).join(", ")
  }}`;

/** A YAML scalar, in quotes unless every YAML parser reads it as a string without them. */
const scalar = (text: string) => dump(text, { flowLevel: 0 }).trimEnd();

interface EntryAt {
  readonly name: string;
  /** Offset of the start of its first line. */
  readonly start: number;
  /** Offset of the end of its value. */
  readonly last: number;
  /** Offset after its last line. */
  readonly end: number;
}

/** The entries of a block mapping with their offsets; none if the text is not a block mapping. */
function entriesOf(text: string): EntryAt[] {
  const events = parseEvents(text, {});
  const root = events[1];
  if (root?.type !== EVENT_ID.MAPPING || root.style === COLLECTION_STYLE.FLOW) return [];
  const keys: { readonly name: string; readonly at: number; last: number }[] = [];
  let depth = 0;
  let isKey = true;
  for (const event of events.slice(2)) {
    if (event.type === EVENT_ID.POP) {
      if (--depth < 0) break;
      if (depth === 0) isKey = true;
    } else if (depth === 0 && isKey && event.type === EVENT_ID.SCALAR) {
      keys.push({ name: getScalarValue(text, event), at: event.valueStart, last: event.valueEnd });
      isKey = false;
    } else {
      const key = keys.at(-1)!;
      key.last = Math.max(key.last, endOf(event));
      if (event.type === EVENT_ID.SCALAR) isKey ||= depth === 0;
      else depth++;
    }
  }
  return keys.map(({ name, at, last }) => {
    const lineEnd = text.indexOf("\n", last);
    return {
      name,
      start: text.lastIndexOf("\n", at - 1) + 1,
      last,
      end: lineEnd < 0 ? text.length : lineEnd + 1,
    };
  });
}

const endOf = (event: Event) =>
  event.type === EVENT_ID.SCALAR ? event.valueEnd : "start" in event ? event.start : 0;
