import type { Node } from "jsonc-parser";
import { decodeBase64Text } from "../../text/bytes.ts";
import { dockerConfigsOf, type StoredConfig } from "../kinds/pull_secret.ts";
import { shownUrl } from "../kinds/url.ts";
import { canonicalPem } from "../material/canonical.ts";
import { jsonTree } from "../material/docker_config.ts";
import type { ValuesOf } from "../values.ts";
import { readings } from "./readings.ts";
import type { Slot } from "./slot.ts";

/** Shorter values occur in longer texts by chance: `robot`, `password`. */
export const LEAST_LENGTH = 12;

/** A text that contains a value. */
export interface TextWith {
  readonly place: string;
  readonly key: string;
  readonly registry?: string;
  /** The value, not sealed. */
  readonly part: string;
}

type At = Omit<TextWith, "part">;

/** A text, not sealed. */
type TextAt = At & { readonly text: string };

/**
 * Finds texts that contain a value: after a word in an unknown key, in the path or query of a URL, or in a Docker
 * configuration that cannot be parsed or contains base64. Slots that are known to hold a value are excluded.
 * @param forms of the values, not sealed
 * @param held slots that hold a value
 * @param besides a text that may contain a value legitimately, not sealed
 */
export function textsWith(
  forms: ReadonlySet<string>,
  secret: ValuesOf,
  held: readonly Slot[],
  besides?: string,
): TextWith[] {
  const parts = [...new Set([...forms].map((form) => form.trim()))]
    .filter(({ length }) => length >= LEAST_LENGTH);
  if (parts.length === 0) return [];
  const longer = besides && canonicalPem(besides);
  const found = textsBut(secret, held).flatMap(({ text, ...at }) => {
    const read = readings(text).map(canonicalPem);
    return parts.filter((part) => {
      const isInLonger = longer && longer.includes(part);
      return read.some((each) =>
        each.includes(part) && isPartOf(isInLonger ? each.replaceAll(longer, " ") : each, part)
      );
    }).map((part): TextWith => ({ ...at, part }));
  });
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

/**
 * The parts of a secret's texts that may be a value of which only the fingerprint is known: words with and without
 * punctuation, quoted texts, lines, and texts after a name.
 */
export function candidateWords(secret: ValuesOf): Set<string> {
  const words = textsBut(secret, []).flatMap(({ text }) => readings(text)).flatMap((text) => {
    const { blocks, rest } = pemBlocks(text);
    // The text after a name.
    const ends = rest.split(/[\r\n]+/).map((line) => line.slice(line.search(/[:=]/) + 1));
    return [...blocks, ...ends, ...WORDS.flatMap((each) => rest.match(each) ?? [])];
  });
  return new Set(words.map((word) => word.trim()).filter(({ length }) => length >= LEAST_LENGTH));
}

/** Patterns that delimit a value, narrowest first; the last one matches a quoted text or a line. */
const WORDS = [
  /[A-Za-z0-9_-]+/g,
  // token68, as after `Bearer`. https://www.rfc-editor.org/rfc/rfc7235#section-2.1
  /[A-Za-z0-9._~+/-]+=*/g,
  /[^\\\s"'`,;:@]+/g,
  /\S+/g,
  /[^"'\r\n]+/g,
];

/** The PEM blocks of a text, and the rest of it; in linear time. */
function pemBlocks(text: string): { readonly blocks: string[]; readonly rest: string } {
  const [blocks, rest]: [string[], string[]] = [[], []];
  let at = 0;
  for (;;) {
    const from = text.indexOf("-----BEGIN ", at);
    const last = from < 0 ? -1 : text.indexOf("-----END ", from);
    const to = last < 0 ? -1 : text.indexOf("-----", last + "-----END ".length);
    if (to < 0) return { blocks, rest: [...rest, text.slice(at)].join(" ") };
    rest.push(text.slice(at, from));
    at = to + "-----".length;
    blocks.push(canonicalPem(text.slice(from, at)));
  }
}

/** All texts of a secret, except the slots that hold a value. */
function textsBut({ type, data: sealed }: ValuesOf, held: readonly Slot[]): TextAt[] {
  const data = sealed.reveal();
  const configs = new Map(dockerConfigsOf(type, data).map((config) => [config.key, config]));
  return Object.keys(data).flatMap((key): TextAt[] => {
    const here = held.filter((slot) => slot.key === key);
    const config = configs.get(key);
    if (config !== undefined) return textsOfConfig(config, here);
    if (here.some(({ location }) => location.in !== "user_info")) return [];
    return [{ place: key, key, text: cut(decodeBase64Text(data[key]!), here) }];
  });
}

/** Whether a text has another one in it that is not the piece of a longer word. */
function isPartOf(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const around = [text[at - 1], text[at + part.length]];
    if (!around.some((char) => char !== undefined && /[A-Za-z0-9_-]/.test(char))) return true;
  }
  return false;
}

/** The text without the parts that hold a value. */
function cut(text: string, held: readonly Slot[]): string {
  const parts = held.flatMap(({ location }) => location.in === "user_info" ? [location.part] : []);
  return parts.sort((a, b) => b.from - a.from)
    .reduce((rest, { from, to }) => `${rest.slice(0, from)} ${rest.slice(to)}`, text);
}

function textsOfConfig(
  { key, text, form }: StoredConfig,
  held: readonly Slot[],
): TextAt[] {
  const opaque = held.filter(({ location }) => location.in === "opaque");
  if (opaque.some(({ place }) => place === key)) return [];
  const known = new Set(
    held.flatMap(({ location }) =>
      location.in === "login"
        ? [location.node.from]
        : location.in === "opaque" && location.from !== undefined
        ? [location.from]
        : []
    ),
  );
  const texts = new Set(opaque.map(({ text }) => text.reveal()));
  const leaves = leavesOf(text);
  if (leaves === undefined) return [{ place: key, key, text }];
  return leaves.filter(({ from, text }) => !known.has(from) && !texts.has(text))
    .map(({ text, above: [first = "", second] }): TextAt => {
      const entry = form === "dockercfg" ? first : /^auths$/i.test(first) ? second : undefined;
      const registry = entry === undefined ? undefined : shownUrl(entry);
      return registry === undefined
        ? { place: key, key, text }
        : { place: registry, key, registry, text };
    });
}

interface Leaf {
  readonly text: string;
  readonly from: number;
  /** The names of the enclosing fields. */
  readonly above: readonly string[];
}

/** All strings of a JSON text, names of fields included; `undefined` where it is not valid JSON. */
function leavesOf(json: string): Leaf[] | undefined {
  try {
    const tree = jsonTree(json);
    if (tree === undefined) return undefined;
    const leaves: Leaf[] = [];
    gather(tree, [], leaves);
    return leaves;
  } catch {
    return undefined; // nested too deeply for the stack
  }
}

function gather(
  node: Node | undefined,
  above: readonly string[],
  leaves: Leaf[],
): void {
  if (node?.type === "property") {
    const [name, value] = node.children!;
    leaves.push({ text: String(name!.value), from: name!.offset, above });
    gather(value, [...above, String(name!.value)], leaves);
    return;
  }
  if (node?.type === "string") {
    leaves.push({ text: String(node.value), from: node.offset, above });
  }
  for (const child of node?.children ?? []) gather(child, above, leaves);
}
