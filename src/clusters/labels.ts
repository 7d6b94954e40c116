import { type Event, EVENT_ID, getScalarValue, parseEvents, YAMLException } from "js-yaml";
import { labelKeyErrors, labelValueErrors } from "../kube/formats.ts";
import { CLUSTER_NAME_RULE, isClusterName } from "./folder.ts";

/** By the cluster's name; of clusters without labels there may be no entry. */
export type LabelsByCluster = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Labels that cannot be read; nothing of the file counts then. The message says on which line, and quotes
 * nothing of the file: it is also for callers who may not know of all clusters.
 */
export class LabelsInvalid extends Error {
  override readonly name = "LabelsInvalid";

  /**
   * @param why for the end of a message
   * @param line where, counted from 1
   */
  constructor(readonly why: string, readonly line?: number) {
    super(line === undefined ? why : `line ${line}: ${why}`);
  }
}

/**
 * Reads clusters' labels: a mapping of names, each to a mapping of labels.
 *
 * It is stricter than YAML, since what is misread here may be written to the wrong cluster: no key
 * may be there twice, nothing stands for something else (anchors, tags), and a value is the text as it
 * is written, so that `1.20` and `true` need no quotes.
 *
 * @throws {LabelsInvalid}
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function parseLabels(text: string): LabelsByCluster {
  const found = new Map<string, Record<string, string>>();
  const root = new Reading(text).document();
  if (root === undefined || isEmpty(root)) return found;
  if (root.kind !== "mapping") root.refuse(SHAPE);
  else {
    for (const { key, value } of root.entries) {
      if (!isClusterName(key.text)) {
        key.refuse(`a key is not a cluster name: ${CLUSTER_NAME_RULE}`);
      }
      if (isEmpty(value)) continue;
      if (value.kind === "mapping") found.set(key.text, labelsIn(value.entries));
      else value.refuse("a cluster needs a mapping of labels, like {env: prod}");
    }
  }
  return found;
}

const SHAPE = "it must map clusters to labels, like 'prod-eu: {env: prod, region: eu}'";

function labelsIn(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => {
    const [wrongKey] = labelKeyErrors(key.text);
    if (wrongKey !== undefined) key.refuse(`a key is not a label key: ${wrongKey}`);
    if (value.kind !== "scalar") return value.refuse("a label's value must be a text");
    const [wrong] = labelValueErrors(value.text);
    if (wrong === undefined) return [key.text, value.text];
    return value.refuse(`a value is not a label value: ${wrong}`);
  }));
}

type Node =
  & { refuse(why: string): never }
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

/** Makes the tree of a text. */
class Reading {
  readonly #events: readonly Event[];
  #at = 0;

  constructor(readonly text: string) {
    this.#events = eventsOf(text);
  }

  /** `undefined` of a text without one, such as of comments alone. */
  document(): Node | undefined {
    const documents = this.#events.filter(({ type }) => type === EVENT_ID.DOCUMENT);
    if (documents.length > 1) throw new LabelsInvalid("there is more than one document (---)");
    if (documents.length === 0) return undefined;
    this.#at = 1;
    return this.#events[1]!.type === EVENT_ID.POP ? undefined : this.#node();
  }

  #node(): Node {
    const event = this.#events[this.#at++]!;
    if (event.type === EVENT_ID.ALIAS) {
      return this.#refusing(event.anchorStart)("aliases (*) are not allowed: repeat the labels");
    }
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) {
      throw new LabelsInvalid(SHAPE);
    }
    const refuse = this.#refusing(
      event.type === EVENT_ID.SCALAR ? event.valueStart : event.start,
    );
    if (event.anchorStart >= 0) refuse("anchors (&) are not allowed: repeat the labels");
    if (event.tagStart >= 0) refuse("tags (!) are not allowed");
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return { kind: "scalar", text: getScalarValue(this.text, event), refuse };
      case EVENT_ID.MAPPING:
        return { kind: "mapping", entries: this.#entries(), refuse };
      case EVENT_ID.SEQUENCE:
        return refuse("a list is not allowed: " + SHAPE);
    }
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    const keys = new Set<string>();
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const key = this.#node();
      if (key.kind !== "scalar") return key.refuse("a key must be a text");
      if (keys.has(key.text)) key.refuse("a key is there twice");
      keys.add(key.text);
      entries.push({ key, value: this.#node() });
    }
    this.#at++;
    return entries;
  }

  /** The line is counted only where it is told. */
  #refusing(offset: number): (why: string) => never {
    return (why) => {
      const line = offset < 0 ? undefined : this.text.slice(0, offset).split(/\r\n|\r|\n/).length;
      throw new LabelsInvalid(why, line);
    };
  }
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const isPlain = /^[a-z ,]+$/i.test(reason); // else it may quote what is there
    const why = `it is not valid YAML${isPlain ? `: ${reason}` : ""}`;
    throw new LabelsInvalid(why, mark ? mark.line + 1 : undefined);
  }
}
