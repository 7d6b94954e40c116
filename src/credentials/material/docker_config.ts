import { getNodeValue, type Node, parseTree } from "jsonc-parser";
import { decodeBase64Text } from "../../text/bytes.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { isObject } from "../../text/json.ts";
import { registryHost, registryKeys, registryName, registryPlace } from "../kinds/registry.ts";
import { shownUsername } from "../kinds/password.ts";
import { shownUrl } from "../kinds/url.ts";
import { utf8Text } from "./canonical.ts";
import { type Checked, no, yes } from "./checked.ts";

/** Where the entries stand: in `auths` or, in the older `.dockercfg`, at the top. */
export type DockerConfigForm = "dockerconfigjson" | "dockercfg";

export interface DockerConfigText {
  readonly text: string;
  readonly form: DockerConfigForm;
}

/** A Docker configuration, taken apart into pieces of its text. */
export interface DockerConfig {
  /** JSON of each entry as it stands, by its key. */
  readonly entries: ReadonlyMap<string, Sealed<string>>;
  /** The other fields (`credHelpers`, `HttpHeaders` …) with their names, as they stand. */
  readonly others: Sealed<
    { readonly before: readonly string[]; readonly behind: readonly string[] }
  >;
}

/** A registry that a configuration has a login for, for showing. */
export interface RegistryLogin {
  /** The key as it stands, less a password in it. */
  readonly registry: string;
  /** Masked where it is a token itself; missing where there is none. */
  readonly username?: string;
}

/**
 * Takes a Docker configuration apart. Kubelet finds `auths` in any spelling and unites several, Image
 * Updater takes the last one in lower case: what the two read differently is refused.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/config.go
 * @see https://github.com/argoproj-labs/argocd-image-updater/blob/648d1f44cd44/registry-scanner/pkg/image/credentials.go
 *   parseDockerConfigJson
 */
export function parseDockerConfig(
  text: string,
  form: DockerConfigForm = "dockerconfigjson",
): Checked<DockerConfig> {
  const root = parseJson(text);
  if (root?.type !== "object") return no("must be a JSON object, as a Docker configuration is");
  const fields = propertiesOf(root);
  const textOf = (node: Node) => text.slice(node.offset, node.offset + node.length);
  // Of a key that is there twice every reader takes the last.
  const entriesIn = (properties: readonly Property[]) =>
    new Map(properties.map(({ name, value }) => [name, seal(textOf(value))]));
  if (form === "dockercfg") {
    // The newer form by the older key: kubelet takes it for a registry of that name.
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
 * The configuration with new entries, in the form that is written. They take the place of all that
 * mean the same registry, since Image Updater takes any of those; what is about other registries,
 * and every other field, stays to the letter. One that has the entries already stays as it is
 * altogether, unless it is of the older form.
 * @param olds of one secret: an entry of a later one counts before that of an earlier one
 * @param newEntries by their keys, such as `ghcr.io`
 */
export function mergeDockerConfig(
  olds: readonly DockerConfigText[],
  newEntries: Readonly<Record<string, object>>,
): Checked<Sealed<string>> {
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
 * The keys of logins for parts of registries that merging into a configuration would leave there.
 * @param registries that are merged, as `registryPlace` gives them
 * @returns less passwords in them; none of what cannot be understood
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

/** Whether these are a configuration's entries for their registries, and there are no others. */
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

/** The entries that mean none of these keys' registries. */
function without(entries: readonly Entry[], keys: readonly string[]): Entry[] {
  const replaced = registriesOf(keys);
  return entries.filter(([key]) => !replaced.has(registryOf(key)));
}

/**
 * The registries that keys mean. One with a path stands for what ends that path by a slash, too:
 * kubelet compares paths as texts, and would try the longer one first.
 */
function registriesOf(keys: readonly string[]): Set<string> {
  const registries = keys.map(registryOf);
  const ended = registries.filter((each) => each.includes("/")).map((each) => `${each}/`);
  return new Set([...registries, ...ended]);
}

/** The registries of a configuration with the users that kubelet takes, without their passwords. */
export function registriesIn(
  text: string,
  form?: DockerConfigForm,
): Checked<readonly RegistryLogin[]> {
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
 * What two keys have in common exactly when they mean the same registry, to those who read them. A
 * port counts, and so does a path (`ghcr.io/org`): to kubelet that one is the more specific.
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

/** One entry as it is read: `auth` counts before `username` and `password`, unless it is empty. */
export interface DockerLogin {
  readonly username: unknown;
  readonly password: unknown;
  /** Of `auth`: what follows its first colon; all of it, where there is none or it is no UTF-8. */
  readonly auth?: string;
  /** Beside it, whether or not it counts. */
  readonly fields: Readonly<Record<"password" | "identitytoken" | "registrytoken", unknown>>;
}

/** @param entry its JSON; what is no object has nothing in it */
export function dockerLogin(entry: string): DockerLogin {
  const { auth, username, password, identitytoken, registrytoken } = fieldsOf(entry);
  const fields = { password, identitytoken, registrytoken };
  if (typeof auth !== "string" || auth === "") return { username, password, fields };
  const text = utf8Text(auth);
  const [, user, secret] = /^([^:]*):(.*)$/s.exec(text ?? decodeBase64Text(auth)) ?? [];
  // Of what is no text in UTF-8 the bytes count.
  const value = text === undefined ? auth : secret ?? auth;
  return { username: user, password: secret, auth: value, fields };
}

type LoginFields = Partial<Record<typeof LOGIN_FIELDS[number]["field"], unknown>>;

/** In the spellings that Go takes for the same: `ſ` is an `s` to it. */
export const LOGIN_FIELDS = [
  { field: "auth", name: /^auth$/iu },
  { field: "username", name: /^username$/iu },
  { field: "password", name: /^password$/iu },
  { field: "identitytoken", name: /^identitytoken$/iu },
  { field: "registrytoken", name: /^registrytoken$/iu },
] as const;

/**
 * The fields of an entry as Go reads them: their names in any case, of those that are there more than once
 * the last that is not null.
 */
function fieldsOf(entry: string): LoginFields {
  const object = JSON.parse(entry);
  if (!isObject(object)) return {};
  // As nearly all are written; what follows takes longer.
  if (Object.keys(object).every((name) => /^[a-z]+$/.test(name))) return object;
  const fields: LoginFields = {};
  for (const { name, value } of propertiesOf(parseTree(entry)!)) {
    const field = LOGIN_FIELDS.find((each) => each.name.test(name))?.field;
    if (field !== undefined && value.type !== "null") fields[field] = getNodeValue(value);
  }
  return fields;
}

/** For showing: masked where it is a token itself. */
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

/** Where everything stands, of a text that is JSON to the letter. */
function parseJson(text: string): Node | undefined {
  try {
    JSON.parse(text);
    return parseTree(text);
  } catch {
    // The message would quote the text. What is nested too deep ends here too.
    return undefined;
  }
}
