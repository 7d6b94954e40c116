import { dump } from "js-yaml";
import { isDeepStrictEqual } from "node:util";
import type { Config, ExecFields } from "./shape.ts";
import { readYaml, type YamlValue } from "./yaml.ts";

/**
 * A kubeconfig as a YAML document. Like kubectl writes it: without empty fields, and with entries sorted by
 * name.
 */
export function documentOf(config: Config): YamlValue {
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
  valueOf: (item: T) => YamlValue,
): YamlValue {
  return [...byName].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, item]) => ({ name, [kind]: valueOf(item) }));
}

/** The fields of a cluster, a user or a context, as YAML values. */
function fieldsOf(fields: Readonly<Record<string, unknown>>): YamlValue {
  return filled(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, valueOf(name, value)]),
    ),
  );
}

function valueOf(name: string, value: unknown): YamlValue {
  if (value instanceof Uint8Array) return value.toBase64();
  if (name === "extensions") {
    return entries("extension", value as ReadonlyMap<string, YamlValue>, (each) => each);
  }
  if (value instanceof Map) return Object.fromEntries(value);
  if (name === "exec" && value !== undefined) return pluginOf(value as ExecFields);
  if (name === "auth-provider" && value !== undefined) return fieldsOf(value as object as Fields);
  return (value ?? null) as YamlValue;
}

type Fields = Readonly<Record<string, unknown>>;

/** Keeps empty values of environment variables, which have a meaning. */
const pluginOf = ({ env, ...fields }: ExecFields): YamlValue =>
  filled({
    ...fieldsOf(fields) as { [key: string]: YamlValue },
    env: env.map((each) => ({ ...each })),
  });

/** Removes empty fields. */
function filled(fields: { readonly [key: string]: YamlValue }): { [key: string]: YamlValue } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

const isEmpty = (value: YamlValue) =>
  value === null || value === "" || value === false ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" &&
    Object.keys(value).length === 0);

/** A kubeconfig as YAML, or as JSON when kubectl would read the YAML differently. */
export function textOfDocument(document: YamlValue): string {
  const text = dump(document, { lineWidth: -1, noRefs: true });
  return isReadAs(text, document) ? text : JSON.stringify(document, null, 2) + "\n";
}

function isReadAs(text: string, document: YamlValue): boolean {
  try {
    return isDeepStrictEqual(plain(readYaml(text)), plain(document));
  } catch {
    return false;
  }
}

/** Makes values comparable: mappings that were read have no prototype. */
const plain = (value: YamlValue): unknown => JSON.parse(JSON.stringify(value));
