import { getNodeValue, type Node, parseTree } from "jsonc-parser";
import { decodeBase64Text } from "../../text/bytes.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { isObject } from "../../text/json.ts";
import { registryHost, registryKeys, registryName, registryPlace } from "../kinds/registry.ts";
import { shownUsername } from "../kinds/password.ts";
import { shownUrl } from "../kinds/url.ts";
import { utf8Text } from "./canonical.ts";
import { no, type Validated, yes } from "./validated.ts";

/** Where the entries are: in `auths`, or at the top level in the older `.dockercfg`. */
export type DockerConfigForm = "dockerconfigjson" | "dockercfg";

export interface DockerConfigText {
  readonly text: string;
  readonly form: DockerConfigForm;
}

/** A Docker configuration, split into pieces of its text. */
export interface DockerConfig {
  /** The JSON text of each entry, by its key. */
  readonly entries: ReadonlyMap<string, Sealed<string>>;
  /** The JSON texts of the other fields (`credHelpers`, `HttpHeaders` …), before and behind `auths`. */
  readonly others: Sealed<
    { readonly before: readonly string[]; readonly behind: readonly string[] }
  >;
}

/** A registry that a configuration has a login for, masked for output. */
export interface RegistryLogin {
  /** The key of the entry; a password in it is masked. */
  readonly registry: string;
  /** Masked where the name itself is a token; absent where there is none. */
  readonly username?: string;
}

/**
 * Splits a Docker configuration. The kubelet reads `auths` in any case and merges several of them; Image
 * Updater reads the last one in lower case. A configuration that these two read differently is rejected.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/config.go
 * @see https://github.com/argoproj-labs/argocd-image-updater/blob/648d1f44cd44/registry-scanner/pkg/image/credentials.go
 *   parseDockerConfigJson
 */
export function parseDockerConfig(
  text: string,
  form: DockerConfigForm = "dockerconfigjson",
): Validated<DockerConfig> {
  const root = jsonTree(text);
  if (root?.type !== "object") return no("must be a JSON object");
  const fields = propertiesOf(root);
  const textOf = (node: Node) => text.slice(node.offset, node.offset + node.length);
  // Of duplicate keys, every reader uses the last.
  const entriesIn = (properties: readonly Property[]) =>
    new Map(properties.map(({ name, value }) => [name, seal(textOf(value))]));
  if (form === "dockercfg") {
    // The newer form at the older key: the kubelet would take `auths` for the name of a registry.
    if (fields.some(({ name }) => name === "auths")) {
      return no("must have its registries at the top, and not in a field 'auths'");
    }
    return yes({ entries: entriesIn(fields), others: seal({ before: [], behind: [] }) });
  }
  const named = fields.filter(({ name }) => /^auths$/iu.test(name));
  if (named.length > 1 || named.some(({ name }) => name !== "auths")) {
    return no("must have its registries in one field 'auths'");
  }
  const [auths] = named;
  if (auths && !["object", "null"].includes(auths.value.type)) {
    return no("must have an object in its field 'auths'");
  }
  const place = auths ? fields.indexOf(auths) : fields.length;
  const whole = fields.map(({ property }) => textOf(property));
  return yes({
    entries: entriesIn(auths ? propertiesOf(auths.value) : []),
    others: seal({ before: whole.slice(0, place), behind: whole.slice(place + 1) }),
  });
}

/**
 * Merges new entries into configurations, and returns the newer form. The new entries replace all entries
 * for the same registry, since Image Updater may use any of these. Entries for other registries and all
 * other fields keep their exact text. A single configuration of the newer form that has the entries
 * already is returned unchanged.
 * @param olds the configurations of one secret; later entries win over earlier ones
 * @param newEntries by their keys, such as `ghcr.io`
 */
export function mergeDockerConfig(
  olds: readonly DockerConfigText[],
  newEntries: Readonly<Record<string, object>>,
): Validated<Sealed<string>> {
  const parts: DockerConfig[] = [];
  for (const { text, form } of olds) {
    const parsed = parseDockerConfig(text, form);
    if (!parsed.ok) return parsed;
    parts.push(parsed.value);
  }
  const added = Object.entries(newEntries);
  const [only, ...more] = olds;
  if (only?.form === "dockerconfigjson" && more.length === 0 && holds(parts[0]!, newEntries)) {
    return yes(seal(only.text));
  }
  const kept = parts.reduce<Entry[]>(
    (before, { entries }) => [...without(before, [...entries.keys()]), ...entries],
    [],
  );
  const auths = [
    ...without(kept, Object.keys(newEntries))
      .map(([key, json]) => `${JSON.stringify(key)}:${json.reveal()}`),
    ...added.map(([key, entry]) => `${JSON.stringify(key)}:${JSON.stringify(entry)}`),
  ];
  const before = parts.flatMap(({ others }) => others.reveal().before);
  const behind = parts.flatMap(({ others }) => others.reveal().behind);
  return yes(seal(`{${[...before, `"auths":{${auths.join()}}`, ...behind].join()}}`));
}

/**
 * The keys of existing logins for a path below the merged registries, which a merge keeps.
 * @param registries the merged registries, as `registryPlace` gives them
 * @returns the keys, masked for output; configurations that cannot be parsed have none
 */
export function keysBelow(
  olds: readonly DockerConfigText[],
  registries: readonly string[],
): string[] {
  const named = new Set(registries.map(registryName));
  const keys = olds.flatMap(({ text, form }) => {
    const parsed = parseDockerConfig(text, form);
    return parsed.ok ? [...parsed.value.entries.keys()] : [];
  });
  return keys.filter((key) => {
    const place = registryPlace(key);
    const name = place === undefined ? "" : registryName(place);
    const isNamed = named.has(name) || named.has(name.replace(/\/$/, ""));
    return !isNamed && [...named].some((each) => name.startsWith(each.replace(/\/?$/, "/")));
  }).map(shownUrl);
}

type Entry = readonly [key: string, json: Sealed<string>];

/** Whether a configuration has exactly these entries for their registries. */
function holds(
  { entries }: DockerConfig,
  newEntries: Readonly<Record<string, object>>,
): boolean {
  const replaced = registriesOf(Object.keys(newEntries));
  const sameRegistry = [...entries].filter(([key]) => replaced.has(registryOf(key)));
  return sameRegistry.length === Object.keys(newEntries).length &&
    sameRegistry.every(([key, json]) =>
      Object.hasOwn(newEntries, key) &&
      JSON.stringify(JSON.parse(json.reveal())) === JSON.stringify(newEntries[key])
    );
}

/** The entries for other registries than those of these keys. */
function without(entries: readonly Entry[], keys: readonly string[]): Entry[] {
  const replaced = registriesOf(keys);
  return entries.filter(([key]) => !replaced.has(registryOf(key)));
}

/**
 * The registries of keys. A registry with a path includes the same path with a trailing slash: the
 * kubelet compares paths as plain text, and would prefer the longer one.
 */
function registriesOf(keys: readonly string[]): Set<string> {
  const registries = keys.map(registryOf);
  const ended = registries.filter((each) => each.includes("/")).map((each) => `${each}/`);
  return new Set([...registries, ...ended]);
}

/** The registries of a configuration and their user names as the kubelet reads them, for output. */
export function registriesIn(
  text: string,
  form?: DockerConfigForm,
): Validated<readonly RegistryLogin[]> {
  const parsed = parseDockerConfig(text, form);
  if (!parsed.ok) return parsed;
  return yes(
    [...parsed.value.entries].map(([key, json]) => {
      const username = shownLoginName(dockerLogin(json.reveal()));
      return { registry: shownUrl(key), ...(username === undefined ? {} : { username }) };
    }),
  );
}

/**
 * The registry of a key: equal for two keys exactly when their readers take them for the same registry.
 * Ports and paths count (`ghcr.io/org`): to the kubelet a path is more specific.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 *   BasicDockerKeyring.Add
 */
function registryOf(key: string): string {
  const host = registryHost(key);
  if (host === undefined) {
    return key.replace(/^https?:\/\//, "").replace(/^([^/]*)\/v[12]\//, "$1/");
  }
  return registryKeys(host)[0]!;
}

/** One entry as its readers see it: a non-empty `auth` wins over `username` and `password`. */
export interface DockerLogin {
  readonly username: unknown;
  readonly password: unknown;
  /** The part of `auth` after its first colon; all of it when there is no colon or it is not UTF-8. */
  readonly auth?: string;
  /** The entry's other secret fields, used or not. */
  readonly fields: Readonly<Record<"password" | "identitytoken" | "registrytoken", unknown>>;
}

/** @param entry the JSON of an entry; anything but an object is an empty login */
export function dockerLogin(entry: string): DockerLogin {
  const { auth, username, password, identitytoken, registrytoken } = fieldsOf(entry);
  const fields = { password, identitytoken, registrytoken };
  if (typeof auth !== "string" || auth === "") return { username, password, fields };
  const text = utf8Text(auth);
  const [, user, secret] = /^([^:]*):(.*)$/s.exec(text ?? decodeBase64Text(auth)) ?? [];
  // When it is not UTF-8, the bytes are the value.
  const value = text === undefined ? auth : secret ?? auth;
  return { username: user, password: secret, auth: value, fields };
}

type LoginFields = Partial<Record<typeof LOGIN_FIELDS[number]["field"], unknown>>;

/** The login fields, in all spellings that Go accepts: it ignores case, and `ſ` equals `s`. */
export const LOGIN_FIELDS = [
  { field: "auth", name: /^auth$/iu },
  { field: "username", name: /^username$/iu },
  { field: "password", name: /^password$/iu },
  { field: "identitytoken", name: /^identitytoken$/iu },
  { field: "registrytoken", name: /^registrytoken$/iu },
] as const;

/** The fields of an entry as Go reads them: in any case, and of duplicates the last that is not null. */
function fieldsOf(entry: string): LoginFields {
  const object = JSON.parse(entry);
  if (!isObject(object)) return {};
  // The usual case, quickly.
  if (Object.keys(object).every((name) => /^[a-z]+$/.test(name))) return object;
  const fields: LoginFields = {};
  const tree = jsonTree(entry);
  for (const { name, value } of tree === undefined ? [] : propertiesOf(tree)) {
    const field = LOGIN_FIELDS.find((each) => each.name.test(name))?.field;
    if (field !== undefined && value.type !== "null") fields[field] = getNodeValue(value);
  }
  return fields;
}

/** The user name of a login, for output: masked where the name itself is a token. */
export function shownLoginName({ username, password }: DockerLogin): string | undefined {
  if (typeof username !== "string" || username === "") return undefined;
  return shownUsername({ username, usernameIsToken: password === NO_PASSWORD });
}

export interface Property {
  readonly name: string;
  readonly property: Node;
  readonly value: Node;
}

export function propertiesOf(object: Node): Property[] {
  return (object.children ?? []).map((property) => {
    const [name, value] = property.children!;
    return { name: String(name!.value), property, value: value! };
  });
}

/**
 * Parses strict JSON to a tree with the offsets of all nodes; `undefined` when it is invalid, or nested so deeply that the
 * stack does not suffice.
 */
export function jsonTree(text: string): Node | undefined {
  try {
    JSON.parse(text);
    return parseTree(text);
  } catch {
    return undefined; // the parser's message would quote the text
  }
}
