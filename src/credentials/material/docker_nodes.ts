import { parseTree } from "jsonc-parser";
import { utf8Text } from "./canonical.ts";
import {
  type DockerConfigForm,
  LOGIN_FIELDS,
  parseDockerConfig,
  propertiesOf,
} from "./docker_config.ts";

/** A text in an entry of a Docker configuration, and where its JSON stands. */
export interface LoginNode {
  readonly field: typeof LOGIN_FIELDS[number]["field"];
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** One entry with its login fields, in their order. A key or a field that is there twice is here twice, too. */
export interface EntryNode {
  /** Its key in `auths`. */
  readonly name: string;
  /** Its JSON. */
  readonly json: string;
  readonly nodes: readonly LoginNode[];
}

/**
 * The login fields of all entries, also of those that no reader takes, as of two with one key the first; in the
 * spellings that Go takes for the same.
 * @returns `undefined` for what is no Docker configuration
 */
export function entryNodes(text: string, form: DockerConfigForm): EntryNode[] | undefined {
  if (!parseDockerConfig(text, form).ok) return undefined;
  const root = parseTree(text)!;
  const entries = form === "dockercfg"
    ? propertiesOf(root)
    : propertiesOf(root).filter(({ name }) => name === "auths")
      .flatMap(({ value }) => value.type === "object" ? propertiesOf(value) : []);
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

/** What `auth` of an entry says. */
export interface AuthText {
  readonly user: string;
  readonly password: string;
}

/**
 * The user name and, behind the first colon, the password of an `auth`.
 * @returns `undefined` where there is no colon, or it is no text in UTF-8, so that no reader makes sense of it
 */
export function authText(auth: string): AuthText | undefined {
  const text = utf8Text(auth);
  const [, user, password] = /^([^:]*):(.*)$/s.exec(text ?? "") ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
