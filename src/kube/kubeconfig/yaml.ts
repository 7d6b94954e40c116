import { type Event, EVENT_ID, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { firstDocument, parsed, rejectYaml } from "./documents.ts";
import { reject } from "./not_usable.ts";
import { type Scalar, scalarOf } from "./scalars.ts";
import { wrongTab } from "./tabs.ts";

/** A value of a YAML document, as in JSON. */
export type YamlValue = Scalar | YamlValue[] | { [key: string]: YamlValue };

type Node =
  | { readonly kind: "scalar"; readonly value: Scalar; readonly isMerge: boolean }
  | { readonly kind: "sequence"; readonly items: Node[] }
  | { readonly kind: "mapping"; readonly items: Node[] }
  | { readonly kind: "alias"; readonly of: Node };

/** The most nodes that all aliases together may expand to, as a limit on memory. */
const MAX_ALIASED = 20_000;

/**
 * Parses the text of a kubeconfig like kubectl, which differs from the YAML specification: the last of
 * several equal keys wins, only the first document is read, and a merge (`<<`) applies where it occurs.
 * Excessive aliases are rejected, as by kubectl, but with a lower limit.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/decode.go
 * @throws {NotUsable} with the position of the error; the parser's message would quote the text
 */
export function readYaml(text: string): YamlValue {
  const { events, source } = parsed(firstDocument(text));
  const tab = wrongTab(source, events);
  if (tab !== undefined) rejectYaml(source, tab);
  const root = nodesOf(events, source);
  return root === undefined ? null : new Unfolding().valueOf(root);
}

/** The node tree of a document; aliases are not expanded. */
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
  let isDocument = false; // within the first document; it ends with the same event as collections
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (isDocument) return root;
        isDocument = true;
        for (const directive of event.directives) {
          if (directive.kind === "tag") handles.set(directive.handle, directive.prefix);
          else if (directive.version !== "1.1") reject("its %YAML directive is not version 1.1");
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
        add({ kind: "alias", of: of ?? reject("an alias (*) in it has an unknown anchor") });
        break;
      }
      case EVENT_ID.POP:
        open.pop();
    }
  }
  return root;
}

/** Rejects escapes that are valid in JSON but not in YAML 1.1, which kubectl reads. */
function checkEscapes(source: string, { valueStart, valueEnd }: ScalarEvent): void {
  const text = source.slice(valueStart, valueEnd);
  for (const { 0: escape, index } of text.matchAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g)) {
    if (escape === "\\/" || /^\\u[dD][89a-fA-F]/.test(escape)) {
      rejectYaml(source, valueStart + index);
    }
  }
}

function fullTag(raw: string, handles: ReadonlyMap<string, string>): string {
  if (raw === "" || raw === "!") return "";
  if (raw.startsWith("!<")) return raw.slice(2, -1);
  const handle = raw.slice(0, raw.indexOf("!", 1) + 1) || "!";
  return (handles.get(handle) ?? handle) + raw.slice(handle.length);
}

/** Builds values from nodes, and expands aliases into copies. */
class Unfolding {
  /** Nodes that were built within aliases. */
  #aliased = 0;
  /** How many aliases enclose the current node. */
  #depth = 0;
  readonly #within = new Set<Node>();

  valueOf(node: Node): YamlValue {
    if (this.#depth > 0 && ++this.#aliased > MAX_ALIASED) {
      return reject(
        "its aliases (*) expand to more than is allowed for safety (excessive aliasing)",
      );
    }
    switch (node.kind) {
      case "scalar":
        return Number.isNaN(node.value) ? reject("a number in it is .inf or .nan") : node.value;
      case "sequence":
        return node.items.map((item) => this.valueOf(item));
      case "mapping": {
        const mapping = Object.create(null) as Record<string, YamlValue>;
        this.#fill(mapping, node.items);
        return mapping;
      }
      case "alias":
        return this.#inAlias(node, () => this.valueOf(node.of));
    }
  }

  #inAlias<T>(node: Node, use: () => T): T {
    if (this.#within.has(node)) {
      return reject("an alias (*) in it refers to a value that contains it");
    }
    this.#within.add(node);
    this.#depth++;
    const value = use();
    this.#depth--;
    this.#within.delete(node);
    return value;
  }

  #fill(mapping: Record<string, YamlValue>, items: readonly Node[]): void {
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      const value = items[i + 1]!;
      if (key.kind === "scalar" && key.isMerge) this.#merge(mapping, value);
      else mapping[keyOf(this.valueOf(key))] = this.valueOf(value);
    }
  }

  /** Merged keys override earlier ones, unlike in the YAML specification. */
  #merge(mapping: Record<string, YamlValue>, node: Node): void {
    if (node.kind === "sequence") {
      for (const item of node.items.toReversed()) this.#mergeOne(mapping, item);
    } else this.#mergeOne(mapping, node);
  }

  #mergeOne(mapping: Record<string, YamlValue>, node: Node): void {
    const source = node.kind === "alias" ? node.of : node;
    if (source.kind !== "mapping") return reject("a merge key (<<) in it refers to no mapping");
    this.valueOf({ kind: "scalar", value: null, isMerge: false }); // counts
    if (node.kind === "alias") this.#inAlias(node, () => this.#fill(mapping, source.items));
    else this.#fill(mapping, source.items);
  }
}

function keyOf(key: YamlValue): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "boolean") return String(key);
  return reject("a key in it is not a string");
}
