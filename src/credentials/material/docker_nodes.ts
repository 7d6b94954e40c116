import type { Node } from "jsonc-parser";
import { utf8Text } from "./canonical.ts";
import {
  type DockerConfigForm,
  jsonTree,
  LOGIN_FIELDS,
  parseDockerConfig,
  propertiesOf,
  type Property,
} from "./docker_config.ts";

/** A login field in an entry of a Docker configuration, and the offsets of its JSON. */
export interface LoginNode {
  readonly field: typeof LOGIN_FIELDS[number]["field"];
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** One entry with its login fields, in order. Duplicate fields are all included. */
export interface EntryNode {
  /** The entry's key in `auths`. */
  readonly name: string;
  /** The entry's JSON. */
  readonly json: string;
  readonly nodes: readonly LoginNode[];
}

/**
 * The login fields of all entries, in all spellings that Go accepts. Entries that no reader uses, such as
 * the first of two with the same key, are included.
 * @returns `undefined` when the text is not a Docker configuration
 */
export function entryNodes(text: string, form: DockerConfigForm): EntryNode[] | undefined {
  const root = parseDockerConfig(text, form).ok ? jsonTree(text) : undefined;
  if (root === undefined) return undefined;
  const entries = form === "dockercfg" ? propertiesOf(root) : entriesIn(root, /^auths$/);
  return nodesOf(text, entries);
}

/**
 * The login fields of a configuration for which {@link entryNodes} returns nothing, as far as a reader may use them: the
 * kubelet reads `auths` in any case, and several of them.
 */
export function unparsedNodes(text: string): EntryNode[] {
  const root = jsonTree(text);
  return root?.type === "object" ? nodesOf(text, entriesIn(root, /^auths$/iu)) : [];
}

function entriesIn(root: Node, auths: RegExp): Property[] {
  return propertiesOf(root).filter(({ name }) => auths.test(name))
    .flatMap(({ value }) => value.type === "object" ? propertiesOf(value) : []);
}

function nodesOf(text: string, entries: readonly Property[]): EntryNode[] {
  return entries.map(({ name, value }) => ({
    name,
    json: text.slice(value.offset, value.offset + value.length),
    nodes: (value.type === "object" ? propertiesOf(value) : []).flatMap((property) => {
      const field = LOGIN_FIELDS.find((each) => each.name.test(property.name))?.field;
      const { value: { type, value: inside, offset, length } } = property;
      if (field === undefined || type !== "string") return [];
      return [{ field, text: String(inside), from: offset, to: offset + length }];
    }),
  }));
}

/** The decoded `auth` of an entry. */
export interface AuthText {
  readonly user: string;
  readonly password: string;
}

/**
 * Decodes an `auth`: the user name and, after the first colon, the password.
 * @returns `undefined` when there is no colon or the text is not UTF-8, so that no reader can use it
 */
export function authText(auth: string): AuthText | undefined {
  const text = utf8Text(auth);
  const [, user, password] = /^([^:]*):(.*)$/s.exec(text ?? "") ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
