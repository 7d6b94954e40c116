import { parseTree } from "jsonc-parser";
import { decodeBase64Text } from "../../text/bytes.ts";
import { configsOf, type StoredConfig } from "../kinds/pull_secret.ts";
import { openKeys } from "../kinds/repository.ts";
import { URL_KEYS } from "../kinds/user_info.ts";
import { shownUrl } from "../kinds/url.ts";
import { canonicalPem } from "../material/canonical.ts";
import type { ValuesOf } from "../values.ts";
import type { Slot } from "./slot.ts";

/** Shorter ones stand in longer texts by chance: `robot`, `password`. */
const LEAST_LENGTH = 12;

/** A text that a value stands in as a part. */
export interface TextWith {
  readonly place: string;
  readonly key: string;
  readonly registry?: string;
  /** The value, in the open. */
  readonly part: string;
}

type At = Omit<TextWith, "part">;

/**
 * Where a value stands as a part of a longer text: behind a word in a key that this program does not know, in the
 * path or query of a URL, in a Docker configuration that cannot be understood or in base64 in one. What is known
 * to hold it is left out.
 * @param forms of the value, in the open
 * @param held slots that hold it
 * @param besides a text of which it may be a part, in the open
 */
export function textsWith(
  forms: ReadonlySet<string>,
  { type, data: sealed }: ValuesOf,
  held: readonly Slot[],
  besides?: string,
): TextWith[] {
  const data = sealed.reveal();
  const parts = [...forms].map((form) => form.trim())
    .filter(({ length }) => length >= LEAST_LENGTH);
  if (parts.length === 0) return [];
  const longer = besides && canonicalPem(besides);
  const has = (text: string) => {
    const lines = canonicalPem(text);
    return parts.some((part) =>
      isPartOf(longer?.includes(part) ? lines.replaceAll(longer, " ") : lines, part)
    );
  };
  const configs = new Map(configsOf(type, data).map((config) => [config.key, config]));
  const found = Object.keys(data).flatMap((key): At[] => {
    const here = held.filter((slot) => slot.key === key);
    const config = configs.get(key);
    if (config !== undefined) return inConfig(config, here, has);
    if (here.some(({ holder }) => holder.in !== "user_info")) return [];
    const text = decodeBase64Text(data[key]!);
    return isWith(cut(text, here), has) && mayHold(key) ? [{ place: key, key }] : [];
  });
  return found.map((at) => ({ ...at, part: parts[0]! }));
}

/** Names, projects and options say other things than credentials. */
function mayHold(key: string): boolean {
  return key === "username" || URL_KEYS.includes(key) || !openKeys().includes(key);
}

/** Whether a text has it, in the open, in base64 or encoded as URLs are. */
function isWith(text: string, has: (text: string) => boolean): boolean {
  if (has(text) || text.includes("%") && has(decoded(text))) return true;
  return /^[A-Za-z0-9+/\s]{16,}={0,2}$/.test(text.trim()) && has(decodeBase64Text(text));
}

/** Whether a text has another one in it that is not the piece of a longer word. */
function isPartOf(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const around = [text[at - 1], text[at + part.length]];
    if (!around.some((char) => char !== undefined && /[A-Za-z0-9_-]/.test(char))) return true;
  }
  return false;
}

/** Without the parts that are known to hold it. */
function cut(text: string, held: readonly Slot[]): string {
  const parts = held.flatMap(({ holder }) => holder.in === "user_info" ? [holder.part] : []);
  return parts.sort((a, b) => b.from - a.from)
    .reduce((rest, { from, to }) => `${rest.slice(0, from)} ${rest.slice(to)}`, text);
}

function inConfig(
  { key, text, form }: StoredConfig,
  held: readonly Slot[],
  has: (text: string) => boolean,
): At[] {
  const opaque = held.filter(({ holder }) => holder.in === "opaque");
  if (opaque.some(({ place }) => place === key)) return [];
  const known = new Set(
    held.flatMap(({ holder }) => holder.in === "login" ? [holder.node.from] : []),
  );
  const texts = new Set(opaque.map(({ text }) => text.reveal()));
  const leaves = leavesOf(text);
  if (leaves === undefined) return has(text) ? [{ place: key, key }] : [];
  const places = leaves.filter(({ from, text }) =>
    !known.has(from) && !texts.has(text) && isWith(text, has)
  ).map(({ above: [first = "", second] }): At => {
    const entry = form === "dockercfg" ? first : /^auths$/i.test(first) ? second : undefined;
    const registry = entry === undefined ? undefined : shownUrl(entry);
    return registry === undefined ? { place: key, key } : { place: registry, key, registry };
  });
  return [...new Map(places.map((each) => [each.place, each])).values()];
}

interface Leaf {
  readonly text: string;
  readonly from: number;
  /** The names of the fields that it stands in. */
  readonly above: readonly string[];
}

/** All texts of a JSON, names of fields too; `undefined` where it is none. */
function leavesOf(json: string): Leaf[] | undefined {
  try {
    JSON.parse(json);
    const leaves: Leaf[] = [];
    gather(parseTree(json), [], leaves);
    return leaves;
  } catch {
    // What is nested too deep ends here, too.
    return undefined;
  }
}

function gather(
  node: ReturnType<typeof parseTree>,
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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
