import { isObject, parsedJson } from "../../text/json.ts";
import { fromWire, LAST_APPLIED, type WireSecret } from "../manifest.ts";
import { OAUTH_BASIC } from "../repository_fields.ts";
import { type StoredSecret, WITHHELD } from "../store.ts";
import { decodeQuery, nonEmptyLines } from "./templates.ts";

/** The secrets in kubectl's List, with unsealed values; `undefined` when it is not a List of secrets. */
export function secretsIn(stdout: string): readonly WireSecret[] | undefined {
  const list = parsedJson(stdout);
  if (!isObject(list) || list.kind !== "List" || !Array.isArray(list.items)) return undefined;
  return list.items.every(isSecret) ? list.items : undefined;
}

function isSecret(item: unknown): item is WireSecret {
  return isObject(item) && item.apiVersion === "v1" && item.kind === "Secret" &&
    isObject(item.metadata) && typeof item.metadata.name === "string" &&
    typeof item.metadata.namespace === "string";
}

/** Prints `KEY=VALUE,` for each entry, with VALUE encoded by `urlquery`. */
const entries = (what: string, but?: string) => {
  const entry = "{{$key}}={{urlquery $value}},";
  const kept = but === undefined ? entry : `{{if ne $key ${JSON.stringify(but)}}}${entry}{{end}}`;
  return ` {{range $key, $value := ${what}}}${kept}{{end}}`;
};

/**
 * Prints one secret per line, with the requested values only: others stay in the kubectl process. As in
 * {@link summaryTemplate}, nothing in it can fail.
 * @param keys of `data`; their alphabet needs no escapes
 */
export function dataTemplate(keys: readonly string[]): string {
  const text = (field: string) => ` {{with ${field}}}{{urlquery .}}{{end}}`;
  const isAsked = `eq $key ${keys.map((key) => JSON.stringify(key)).join(" ")}`;
  const withheld = `{{if eq $value "${OAUTH_BASIC}"}}${OAUTH_BASIC}{{else}}${WITHHELD}{{end}}`;
  const data = keys.length === 0 ? " " : " {{range $key, $value := .data}}{{$key}}=" +
    `{{if $value}}{{if ${isAsked}}}{{$value}}{{else}}${withheld}{{end}}{{end}},{{end}}`;
  return "{{range .items}}{{.metadata.namespace}} {{.metadata.name}}" +
    text(".metadata.uid") + text(".metadata.resourceVersion") +
    text(".metadata.creationTimestamp") + text(".metadata.deletionTimestamp") + text(".type") +
    " {{if .immutable}}immutable{{end}}" +
    entries(".metadata.labels") + entries(".metadata.annotations", LAST_APPLIED) +
    " {{range .metadata.ownerReferences}}{{with .kind}}{{urlquery .}}{{end}}=" +
    "{{with .name}}{{urlquery .}}{{end}},{{end}}" +
    ` {{range .metadata.finalizers}}{{urlquery .}},{{end}}${data}{{"\\n"}}{{end}}`;
}

/** Parses the output of {@link dataTemplate}. */
export function parseData(stdout: string): StoredSecret[] {
  return nonEmptyLines(stdout).map((line) => {
    const [namespace = "", name = "", ...texts] = line.split(" ");
    const [uid, resourceVersion, creationTimestamp, deletionTimestamp, type] = texts
      .map(decodeQuery);
    const [immutable, labels, annotations, owners, finalizers, data] = texts.slice(5);
    return fromWire({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace,
        name,
        uid,
        resourceVersion,
        creationTimestamp,
        deletionTimestamp: deletionTimestamp || undefined,
        labels: Object.fromEntries(pairsIn(labels).map(decoded)),
        annotations: Object.fromEntries(pairsIn(annotations).map(decoded)),
        ...orNothing(
          "ownerReferences",
          pairsIn(owners).map(decoded).map(([kind, name]) => ({ kind, name })),
        ),
        ...orNothing("finalizers", partsIn(finalizers).map(decodeQuery)),
      },
      type,
      data: Object.fromEntries(pairsIn(data)),
      immutable: immutable === "" ? undefined : true,
    });
  });
}

const partsIn = (text = ""): string[] => text.split(",").slice(0, -1);

function pairsIn(text: string | undefined): [key: string, value: string][] {
  return partsIn(text).map((part) => {
    const equals = part.indexOf("=");
    return [part.slice(0, equals), part.slice(equals + 1)];
  });
}

const decoded = ([key, value]: [string, string]) => [key, decodeQuery(value)] as const;

/** A field of metadata, left out when it is empty. */
const orNothing = <Item>(field: string, items: readonly Item[]) =>
  items.length === 0 ? {} : { [field]: items };
