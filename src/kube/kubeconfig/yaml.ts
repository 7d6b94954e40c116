import { type Event, EVENT_ID, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { firstDocument, notYaml, parsed } from "./documents.ts";
import { refuse } from "./refused.ts";
import { type Scalar, scalarOf } from "./scalars.ts";
import { wrongTab } from "./tabs.ts";

/** What a document is made of, as in JSON. */
export type Value = Scalar | Value[] | { [key: string]: Value };

type Node =
  | { readonly kind: "scalar"; readonly value: Scalar; readonly isMerge: boolean }
  | { readonly kind: "sequence"; readonly items: Node[] }
  | { readonly kind: "mapping"; readonly items: Node[] }
  | { readonly kind: "alias"; readonly of: Node };

/** Into how many pieces all aliases together may unfold: what takes all memory has more. */
const MAX_ALIASED = 20_000;

/**
 * Reads the text of a kubeconfig as kubectl does, which is not by the letter of YAML: the last of
 * several equal keys counts, the first of several documents, a merge (`<<`) where it stands. What
 * unfolds into very much by aliases is refused, as kubectl does, only sooner.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/decode.go
 * @throws {NotUsable} with the position of what is not YAML, which the parser's message would quote
 */
export function readYaml(text: string): Value {
  const { events, source } = parsed(firstDocument(text));
  const tab = wrongTab(source, events);
  if (tab !== undefined) notYaml(source, tab);
  const root = nodesOf(events, source);
  return root === undefined ? null : new Unfolding().valueOf(root);
}

/** The tree of a document, with aliases as such. */
function nodesOf(events: readonly Event[], source: string): Node | undefined {
  const anchors = new Map<string, Node>();
  const open: Node[][] = [];
  let root: Node | undefined;
  const handles = new Map([["!!", "tag:yaml.org,2002:"]]);
  const add = (node: Node, event?: { anchorStart: number; anchorEnd: number }) => {
    if (event && event.anchorStart >= 0) {
      anchors.set(source.slice(event.anchorStart, event.anchorEnd), node);
    }
    const items = open.at(-1);
    if (items === undefined) root = node;
    else items.push(node);
  };
  let isDocument = false; // whose end is an event like that of what is in it
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (isDocument) return root;
        isDocument = true;
        for (const directive of event.directives) {
          if (directive.kind === "tag") handles.set(directive.handle, directive.prefix);
          else if (directive.version !== "1.1") refuse("it asks for another YAML than 1.1");
        }
        break;
      case EVENT_ID.SCALAR: {
        const text = getScalarValue(source, event);
        const raw = event.tagStart < 0 ? "" : source.slice(event.tagStart, event.tagEnd);
        const tag = fullTag(raw, handles);
        const isPlain = raw === "" && event.style === SCALAR_STYLE.PLAIN;
        if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) checkEscapes(source, event);
        const isMerge = text === "<<" && (isPlain || tag === "tag:yaml.org,2002:merge");
        add({ kind: "scalar", value: scalarOf(text, tag, isPlain), isMerge }, event);
        break;
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const items: Node[] = [];
        add({ kind: event.type === EVENT_ID.SEQUENCE ? "sequence" : "mapping", items }, event);
        open.push(items);
        break;
      }
      case EVENT_ID.ALIAS: {
        const of = anchors.get(source.slice(event.anchorStart, event.anchorEnd));
        add({ kind: "alias", of: of ?? refuse("an alias (*) in it stands for nothing") });
        break;
      }
      case EVENT_ID.POP:
        open.pop();
    }
  }
  return root;
}

/** Escapes of JSON are not all ones of YAML 1.1, which is what kubectl reads. */
function checkEscapes(source: string, { valueStart, valueEnd }: ScalarEvent): void {
  const text = source.slice(valueStart, valueEnd);
  for (const { 0: escape, index } of text.matchAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g)) {
    if (escape === "\\/" || /^\\u[dD][89a-fA-F]/.test(escape)) notYaml(source, valueStart + index);
  }
}

function fullTag(raw: string, handles: ReadonlyMap<string, string>): string {
  if (raw === "" || raw === "!") return "";
  if (raw.startsWith("!<")) return raw.slice(2, -1);
  const handle = raw.slice(0, raw.indexOf("!", 1) + 1) || "!";
  return (handles.get(handle) ?? handle) + raw.slice(handle.length);
}

/** Makes values of nodes, each alias one of its own. */
class Unfolding {
  #aliased = 0;
  /** How many aliases the node is in. */
  #depth = 0;
  readonly #within = new Set<Node>();

  valueOf(node: Node): Value {
    if (this.#depth > 0 && ++this.#aliased > MAX_ALIASED) {
      return refuse("its aliases (*) unfold into more than is read, for safety");
    }
    switch (node.kind) {
      case "scalar":
        return Number.isNaN(node.value) ? refuse("a number in it is infinite") : node.value;
      case "sequence":
        return node.items.map((item) => this.valueOf(item));
      case "mapping": {
        const mapping = Object.create(null) as Record<string, Value>;
        this.#fill(mapping, node.items);
        return mapping;
      }
      case "alias":
        return this.#inAlias(node, () => this.valueOf(node.of));
    }
  }

  #inAlias<T>(node: Node, use: () => T): T {
    if (this.#within.has(node)) return refuse("an alias (*) in it stands for what it is in");
    this.#within.add(node);
    this.#depth++;
    const value = use();
    this.#depth--;
    this.#within.delete(node);
    return value;
  }

  #fill(mapping: Record<string, Value>, items: readonly Node[]): void {
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      const value = items[i + 1]!;
      if (key.kind === "scalar" && key.isMerge) this.#merge(mapping, value);
      else mapping[keyOf(this.valueOf(key))] = this.valueOf(value);
    }
  }

  /** What is merged in takes the place of what stands before it, unlike in YAML's own definition. */
  #merge(mapping: Record<string, Value>, node: Node): void {
    if (node.kind === "sequence") {
      for (const item of node.items.toReversed()) this.#mergeOne(mapping, item);
    } else this.#mergeOne(mapping, node);
  }

  #mergeOne(mapping: Record<string, Value>, node: Node): void {
    const source = node.kind === "alias" ? node.of : node;
    if (source.kind !== "mapping") return refuse("a merge key (<<) in it merges no mapping");
    this.valueOf({ kind: "scalar", value: null, isMerge: false }); // counts
    if (node.kind === "alias") this.#inAlias(node, () => this.#fill(mapping, source.items));
    else this.#fill(mapping, source.items);
  }
}

function keyOf(key: Value): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "boolean") return String(key);
  return refuse("a key in it is no text");
}
