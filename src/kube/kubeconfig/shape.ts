import { decodeBase64 } from "../../text/bytes.ts";
import { reject } from "./not_usable.ts";
import type { YamlValue } from "./yaml.ts";

/**
 * The fields of a kubeconfig with their types, decoded like Go's JSON decoder: null and missing fields are
 * empty, unknown fields are ignored, and a number is not a string. kubectl rejects the whole file when any
 * type is wrong, even in a field that is not used.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/api/v1/types.go
 */
type Read<T> = (value: YamlValue | undefined, at: string) => T;

const text: Read<string> = (value, at) => {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const isScalar = typeof value !== "object";
  return reject(`${at} is not a string${isScalar ? "; put it in quotes" : ""}`);
};

const flag: Read<boolean> = (value, at) =>
  typeof value === "boolean" ? value : value == null ? false : reject(`${at} is not true or false`);

/** Decodes base64, and ignores line breaks in it. */
const bytes: Read<Uint8Array> = (value, at) => {
  const base64 = text(value, at).replace(/[\r\n]/g, "");
  const isWhole = /^[A-Za-z0-9+/]*=*$/.test(base64) && base64.length % 4 === 0;
  return (isWhole ? decodeBase64(base64) : undefined) ?? reject(`${at} is not base64`);
};

/** Any value (Go's RawExtension). */
const anything: Read<YamlValue> = (value) => value ?? null;

function list<T>(item: Read<T>): Read<T[]> {
  return (value, at) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return reject(`${at} is not a list`);
    return value.map((each, i) => item(each, `${at.replace(/'$/, "")}[${i}]'`));
  };
}

function map<T>(item: Read<T>): Read<ReadonlyMap<string, T>> {
  return (value, at) => {
    const entries = Object.entries(mapping(value, at));
    return new Map(entries.map(([key, each]) => [key, item(each, `an entry of ${at}`)]));
  };
}

function struct<F extends Record<string, Read<unknown>>>(
  fields: F,
): Read<{ [K in keyof F]: ReturnType<F[K]> }> {
  return (value, at) => {
    const given = mapping(value, at);
    const read = Object.entries(fields).map(([key, field]) => {
      const inner = at === "it" ? `its '${key}'` : at.replace(/'$/, `.${key}'`);
      return [key, field(Object.hasOwn(given, key) ? given[key] : undefined, inner)];
    });
    return Object.fromEntries(read);
  };
}

function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value, at) => value === undefined || value === null ? undefined : read(value, at);
}

function mapping(value: YamlValue | undefined, at: string): { [key: string]: YamlValue } {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value;
  return reject(at === "it" ? "it is not a YAML mapping" : `${at} is not a mapping`);
}

/** Entries by name; duplicates are rejected. */
function named<K extends string, T>(kind: K, item: Read<T>): Read<ReadonlyMap<string, T>> {
  const entries = list(struct({ name: text, [kind]: item } as { name: Read<string> }));
  return (value, at) => {
    const byName = new Map<string, T>();
    for (const entry of entries(value, at)) {
      if (byName.has(entry.name)) return reject(`two entries of ${at} have the same name`);
      byName.set(entry.name, (entry as unknown as Record<K, T>)[kind]);
    }
    return byName;
  };
}

const extensions = named("extension", anything);

const cluster = struct({
  server: text,
  "tls-server-name": text,
  "insecure-skip-tls-verify": flag,
  "certificate-authority": text,
  "certificate-authority-data": bytes,
  "proxy-url": text,
  "disable-compression": flag,
  extensions,
});

const exec = struct({
  command: text,
  args: list(text),
  env: list(struct({ name: text, value: text })),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});

const user = struct({
  "client-certificate": text,
  "client-certificate-data": bytes,
  "client-key": text,
  "client-key-data": bytes,
  token: text,
  tokenFile: text,
  as: text,
  "as-uid": text,
  "as-groups": list(text),
  "as-user-extra": map(list(text)),
  username: text,
  password: text,
  "auth-provider": optional(struct({ name: text, config: map(text) })),
  exec: optional(exec),
  extensions,
});

const context = struct({ cluster: text, user: text, namespace: text, extensions });

const config = struct({
  kind: text,
  apiVersion: text,
  preferences: struct({ colors: flag, extensions }),
  clusters: named("cluster", cluster),
  users: named("user", user),
  contexts: named("context", context),
  "current-context": text,
  extensions,
});

export type ClusterFields = ReturnType<typeof cluster>;
export type UserFields = ReturnType<typeof user>;
export type ExecFields = ReturnType<typeof exec>;
export type Config = ReturnType<typeof config>;

/**
 * Decodes all fields of a kubeconfig.
 * @throws {NotUsable} with the path of the field, never its value
 */
export function parseConfig(content: YamlValue): Config {
  if (content === null || typeof content !== "object" || Array.isArray(content)) {
    return reject("it is not a YAML mapping");
  }
  checkVersion(content);
  return config(content, "it");
}

/** Checks `apiVersion` and `kind`, whose keys are case-insensitive; empty values count as the default. */
function checkVersion(content: { [key: string]: YamlValue }): void {
  for (const [name, wanted] of [["apiVersion", "v1"], ["kind", "Config"]] as const) {
    const keys = Object.keys(content).filter((key) => key.toLowerCase() === name.toLowerCase());
    const given = keys.sort().map((key) => text(content[key], `its '${name}'`)).at(-1);
    const isEmpty = !given || (name === "apiVersion" && given === "/");
    if (!isEmpty && given !== wanted) reject(`its '${name}' is not '${wanted}'`);
  }
}
