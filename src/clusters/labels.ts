import { type Event, EVENT_ID, getScalarValue, parseEvents, YAMLException } from "js-yaml";
import { labelKeyErrors, labelValueErrors } from "../kube/formats.ts";
import { CLUSTER_NAME_RULE, isClusterName } from "./folder.ts";

/** Labels by the cluster's name; a cluster without labels may have no entry. */
export type LabelsByCluster = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * The labels file is invalid, so none of it is used. The message has the line number, and never quotes the
 * file, since the caller may not be allowed to know all clusters.
 */
export class LabelsInvalid extends Error {
  override readonly name = "LabelsInvalid";

  /**
   * @param why the end of a message
   * @param line the first line is 1
   * @param about the cluster, the label and the value, for those who may know all clusters
   */
  constructor(readonly why: string, readonly line?: number, readonly about?: string) {
    super(line === undefined ? why : `line ${line}: ${why}`);
  }
}

/**
 * Parses clusters' labels: a mapping of cluster names to mappings of labels.
 *
 * It is stricter than YAML, since a misread label may cause a write to the wrong cluster: duplicate keys,
 * anchors and tags are not allowed. Values are strings as written, so that `1.20` and `true` need no quotes.
 *
 * @throws {LabelsInvalid}
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function parseLabels(text: string): LabelsByCluster {
  const found = new Map<string, Record<string, string>>();
  const root = new Reading(text).document();
  if (root === undefined || isEmpty(root)) return found;
  if (root.kind !== "mapping") root.reject(SHAPE);
  else {
    for (const { key, value } of root.entries) {
      const about = `cluster ${quoted(key.text)}`;
      if (!isClusterName(key.text)) {
        key.reject(`invalid cluster name: ${CLUSTER_NAME_RULE}`, about);
      }
      if (isEmpty(value)) continue;
      if (value.kind === "mapping") found.set(key.text, labelsIn(value.entries, about));
      else value.reject("a cluster must have a mapping of labels, such as {env: prod}", about);
    }
  }
  return found;
}

const SHAPE = "the file must map clusters to labels, such as 'prod-eu: {env: prod, region: eu}'";

/** @param cluster for messages: `cluster 'dev'` */
function labelsIn(entries: readonly Entry[], cluster: string): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => {
    const about = `${cluster}, label ${quoted(key.text)}`;
    const [wrongKey] = labelKeyErrors(key.text);
    if (wrongKey !== undefined) key.reject(`invalid label key: ${ruleIn(wrongKey)}`, about);
    if (value.kind !== "scalar") return value.reject("a label's value must be a string", about);
    const [wrong] = labelValueErrors(value.text);
    if (wrong === undefined) return [key.text, value.text];
    const why = `invalid label value: ${ruleIn(wrong)}`;
    return value.reject(why, `${about}, value ${quoted(value.text)}`);
  }));
}

const quoted = (text: string) => `'${text.length > 70 ? `${text.slice(0, 70)}…` : text}'`;

/** The API server's message without its examples and its regular expression. */
const ruleIn = (message: string) => message.split(" (e.g. ")[0]!;

type Node =
  & { reject(why: string, about?: string): never }
  & (
    | { readonly kind: "scalar"; readonly text: string }
    | { readonly kind: "sequence" }
    | { readonly kind: "mapping"; readonly entries: readonly Entry[] }
  );

interface Entry {
  readonly key: Node & { readonly kind: "scalar" };
  readonly value: Node;
}

const isEmpty = (node: Node) => node.kind === "scalar" && node.text === "";

/** Builds the node tree of a text. */
class Reading {
  readonly #events: readonly Event[];
  #at = 0;

  constructor(readonly text: string) {
    this.#events = eventsOf(text);
  }

  /** The only document; `undefined` when there is none, only comments for example. */
  document(): Node | undefined {
    const documents = this.#events.filter(({ type }) => type === EVENT_ID.DOCUMENT);
    if (documents.length > 1) throw new LabelsInvalid("more than one YAML document (---)");
    if (documents.length === 0) return undefined;
    this.#at = 1;
    return this.#events[1]!.type === EVENT_ID.POP ? undefined : this.#node();
  }

  #node(): Node {
    const event = this.#events[this.#at++]!;
    if (event.type === EVENT_ID.ALIAS) {
      return this.#rejectAt(event.anchorStart)("aliases (*) are not allowed; repeat the labels");
    }
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) {
      throw new LabelsInvalid(SHAPE);
    }
    const reject = this.#rejectAt(
      event.type === EVENT_ID.SCALAR ? event.valueStart : event.start,
    );
    if (event.anchorStart >= 0) reject("anchors (&) are not allowed; repeat the labels");
    if (event.tagStart >= 0) reject("tags (!) are not allowed");
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return { kind: "scalar", text: getScalarValue(this.text, event), reject };
      case EVENT_ID.MAPPING:
        return { kind: "mapping", entries: this.#entries(), reject };
      case EVENT_ID.SEQUENCE:
        return reject("lists are not allowed; " + SHAPE);
    }
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    const keys = new Set<string>();
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const key = this.#node();
      if (key.kind !== "scalar") return key.reject("a key must be a string");
      if (keys.has(key.text)) key.reject("duplicate key", `key ${quoted(key.text)}`);
      keys.add(key.text);
      entries.push({ key, value: this.#node() });
    }
    this.#at++;
    return entries;
  }

  /** The line is computed only for an error. */
  #rejectAt(offset: number): Node["reject"] {
    return (why, about) => {
      const line = offset < 0 ? undefined : this.text.slice(0, offset).split(/\r\n|\r|\n/).length;
      throw new LabelsInvalid(why, line, about);
    };
  }
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const isPlain = /^[a-z ,]+$/i.test(reason); // otherwise it may quote the file
    const why = `it is not valid YAML${isPlain ? `: ${reason}` : ""}`;
    throw new LabelsInvalid(why, mark ? mark.line + 1 : undefined);
  }
}
