import { dump } from "js-yaml";
import { isDeepStrictEqual } from "node:util";
import type { Config, ExecFields } from "./shape.ts";
import { readYaml, type Value } from "./yaml.ts";

/**
 * A kubeconfig as what it is made of. What is empty is left out, and entries are sorted by their
 * names, as kubectl writes them.
 */
export function documentOf(config: Config): Value {
  const { preferences, clusters, users, contexts } = config;
  return filled({
    apiVersion: "v1",
    kind: "Config",
    preferences: filled({
      colors: preferences.colors,
      extensions: entries("extension", preferences.extensions, (each) => each),
    }),
    clusters: entries("cluster", clusters, (each) => fieldsOf(each)),
    users: entries("user", users, (each) => fieldsOf(each)),
    contexts: entries("context", contexts, (each) => fieldsOf(each)),
    "current-context": config["current-context"],
    extensions: entries("extension", config.extensions, (each) => each),
  });
}

function entries<T>(
  kind: string,
  byName: ReadonlyMap<string, T>,
  valueOf: (item: T) => Value,
): Value {
  return [...byName].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, item]) => ({ name, [kind]: valueOf(item) }));
}

/** Fields of a cluster, a user or a context, of whatever types they are. */
function fieldsOf(fields: Readonly<Record<string, unknown>>): Value {
  return filled(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, valueOf(name, value)]),
    ),
  );
}

function valueOf(name: string, value: unknown): Value {
  if (value instanceof Uint8Array) return value.toBase64();
  if (name === "extensions") {
    return entries("extension", value as ReadonlyMap<string, Value>, (each) => each);
  }
  if (value instanceof Map) return Object.fromEntries(value);
  if (name === "exec" && value !== undefined) return pluginOf(value as ExecFields);
  if (name === "auth-provider" && value !== undefined) return fieldsOf(value as object as Fields);
  return (value ?? null) as Value;
}

type Fields = Readonly<Record<string, unknown>>;

/** In a variable's value, an empty text says something. */
const pluginOf = ({ env, ...fields }: ExecFields): Value =>
  filled({
    ...fieldsOf(fields) as { [key: string]: Value },
    env: env.map((each) => ({ ...each })),
  });

/** Without what is empty. */
function filled(fields: { readonly [key: string]: Value }): { [key: string]: Value } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

const isEmpty = (value: Value) =>
  value === null || value === "" || value === false ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" &&
    Object.keys(value).length === 0);

/** A kubeconfig as YAML which kubectl, and this program, read as it is meant; else as JSON. */
export function textOfDocument(document: Value): string {
  const text = dump(document, { lineWidth: -1, noRefs: true });
  return isReadAs(text, document) ? text : JSON.stringify(document, null, 2) + "\n";
}

function isReadAs(text: string, document: Value): boolean {
  try {
    return isDeepStrictEqual(plain(readYaml(text)), plain(document));
  } catch {
    return false;
  }
}

/** Without regard to prototypes, which what is read has none of. */
const plain = (value: Value): unknown => JSON.parse(JSON.stringify(value));
