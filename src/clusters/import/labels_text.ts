import { COLLECTION_STYLE, dump, type Event, EVENT_ID, getScalarValue, parseEvents } from "js-yaml";
import { isDeepStrictEqual } from "node:util";
import { type LabelsByCluster, parseLabels } from "../labels.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * The text of `labels.yaml` with labels for a cluster, besides those that it has. Comments stay where
 * they are, but for those in a text that has to be written anew.
 * @throws {LabelsInvalid} when the text is not valid as it is
 */
export function withLabels(text: string, cluster: string, labels: Labels): string {
  const before = parseLabels(text);
  const wanted = new Map(before).set(cluster, { ...before.get(cluster), ...labels });
  return firstRight(wanted, [
    () => edited(text, cluster, wanted.get(cluster)!),
    () => anew(text, wanted),
  ]);
}

/**
 * The same without a cluster.
 * @throws {LabelsInvalid}
 */
export function withoutCluster(text: string, cluster: string): string {
  const wanted = new Map(parseLabels(text));
  const entry = entriesOf(text)?.find(({ name }) => name === cluster);
  if (!wanted.delete(cluster) && entry === undefined) return text;
  return firstRight(wanted, [
    ...entry === undefined ? [] : [() => text.slice(0, entry.start) + text.slice(entry.end)],
    () => anew(text, wanted),
  ]);
}

/** The first text that says what is wanted: one that was edited by places may say something else. */
function firstRight(wanted: LabelsByCluster, texts: readonly (() => string)[]): string {
  const plain = (labels: LabelsByCluster) =>
    new Map([...labels].filter(([, each]) => Object.keys(each).length > 0));
  for (const make of texts) {
    const text = make();
    try {
      if (isDeepStrictEqual(plain(parseLabels(text)), plain(wanted))) return text;
    } catch {
      continue;
    }
  }
  throw new Error("labels cannot be written so that they are read as they are meant");
}

function edited(text: string, cluster: string, labels: Labels): string {
  const line = `${scalar(cluster)}: ${flow(labels)}\n`;
  const entry = entriesOf(text)?.find(({ name }) => name === cluster);
  if (entry !== undefined) {
    const rest = text.slice(entry.last, entry.end);
    const comment = rest.search(/\s#/);
    const kept = comment < 0 ? line : `${line.trimEnd()} ${rest.slice(comment).trim()}\n`;
    return text.slice(0, entry.start) + kept + text.slice(entry.end);
  }
  const isWhole = text === "" || text.endsWith("\n");
  return `${text}${isWhole ? "" : "\n"}${line}`;
}

/** All of it, below the comments that it begins with. */
function anew(text: string, wanted: LabelsByCluster): string {
  const [head = ""] = /^(?:[ \t]*#[^\n]*\n|[ \t]*\n)*/.exec(text) ?? [];
  return head + [...wanted].map(([name, labels]) => `${scalar(name)}: ${flow(labels)}\n`).join("");
}

const flow = (labels: Labels) =>
  `{${
    Object.entries(labels).map(([key, value]) => `${scalar(key)}: ${scalar(value)}`).join(", ")
  }}`;

/** Without quotes where every reader of YAML takes it for a text. */
const scalar = (text: string) => dump(text, { flowLevel: 0 }).trimEnd();

interface EntryAt {
  readonly name: string;
  /** Where the line of its name begins. */
  readonly start: number;
  /** Where the last text of it ends. */
  readonly last: number;
  /** Where the line begins that follows the last one with something of it. */
  readonly end: number;
}

/** Entries of a block mapping, each with its lines; `undefined` of what is written in another way. */
function entriesOf(text: string): EntryAt[] | undefined {
  const events = parseEvents(text, {});
  const root = events[1];
  if (root?.type !== EVENT_ID.MAPPING || root.style === COLLECTION_STYLE.FLOW) return undefined;
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
