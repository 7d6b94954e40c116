import { decodeBase64 } from "../../text/bytes.ts";
import { refuse } from "./refused.ts";
import type { Value } from "./yaml.ts";

/**
 * The fields of a kubeconfig with their types, read as Go's JSON decoder does: what is null or not
 * there is empty, what is not known is passed over, and a number is no text. Wherever a type does
 * not fit, used or not, kubectl refuses the whole file.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/api/v1/types.go
 */
type Read<T> = (value: Value | undefined, at: string) => T;

const text: Read<string> = (value, at) => {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const isScalar = typeof value !== "object";
  return refuse(`${at} is no text${isScalar ? "; put it in quotes" : ""}`);
};

const flag: Read<boolean> = (value, at) =>
  typeof value === "boolean" ? value : value == null ? false : refuse(`${at} is not true or false`);

/** Of base64, in which line breaks mean nothing. */
const bytes: Read<Uint8Array> = (value, at) => {
  const base64 = text(value, at).replace(/[\r\n]/g, "");
  const isWhole = /^[A-Za-z0-9+/]*=*$/.test(base64) && base64.length % 4 === 0;
  return (isWhole ? decodeBase64(base64) : undefined) ?? refuse(`${at} is not base64`);
};

/** RawExtension of Go. */
const anything: Read<Value> = (value) => value ?? null;

function list<T>(item: Read<T>): Read<T[]> {
  return (value, at) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return refuse(`${at} is no list`);
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

function mapping(value: Value | undefined, at: string): { [key: string]: Value } {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value;
  return refuse(at === "it" ? "it is not a YAML mapping" : `${at} is no mapping`);
}

/** Entries by their names, of which none may stand there twice. */
function named<K extends string, T>(kind: K, item: Read<T>): Read<ReadonlyMap<string, T>> {
  const entries = list(struct({ name: text, [kind]: item } as { name: Read<string> }));
  return (value, at) => {
    const byName = new Map<string, T>();
    for (const entry of entries(value, at)) {
      if (byName.has(entry.name)) return refuse(`two entries of ${at} have the same name`);
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
 * Reads all fields of a kubeconfig.
 * @throws {NotUsable} naming the field, by its place and never by what stands there
 */
export function configOf(content: Value): Config {
  if (content === null || typeof content !== "object" || Array.isArray(content)) {
    return refuse("it is not a YAML mapping");
  }
  checkVersion(content);
  return config(content, "it");
}

/** These two fields are found in any case of letters; empty ones stand for what they should be. */
function checkVersion(content: { [key: string]: Value }): void {
  for (const [name, wanted] of [["apiVersion", "v1"], ["kind", "Config"]] as const) {
    const keys = Object.keys(content).filter((key) => key.toLowerCase() === name.toLowerCase());
    const given = keys.sort().map((key) => text(content[key], `its '${name}'`)).at(-1);
    const isEmpty = !given || (name === "apiVersion" && given === "/");
    if (!isEmpty && given !== wanted) refuse(`its '${name}' is not '${wanted}'`);
  }
}
