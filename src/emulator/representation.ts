import type { ObjectList } from "./list.ts";
import { KIND, type KubernetesObject, type Resource } from "./objects.ts";
import { badRequest, goQuote, type Status, StatusError } from "./status.ts";
import { toTable } from "./table.ts";

/** A requested representation of an object or a list, other than its own. */
export interface Form {
  readonly kind: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  readonly apiVersion: "meta.k8s.io/v1" | "meta.k8s.io/v1beta1";
}

interface Clause {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

const MEDIA_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const WATCH_TYPES = ["json", "vnd.kubernetes.protobuf"]
  .map((type) => `application/${type};stream=watch`);
const FORMS = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"];

/**
 * Parses an Accept header. Only JSON is served; the real server has YAML and protobuf, too.
 *
 * @param watchable whether the request could be a watch, which changes the list in an error
 * @returns `undefined` for the object or list as it is
 * @throws {StatusError} 406 in the words of go-restful, or of the API server where the media type
 * is served but not with these parameters.
 * @see k8s.io/apiserver v0.35 pkg/endpoints/handlers/negotiation/negotiate.go
 */
export function negotiate(accept: string, watchable: boolean): Form | undefined {
  if (accept === "") return undefined;
  const names = accept.split(",").map((part) => part.replace(/;.*$/s, "").trim());
  if (!names.some((name) => name === "*/*" || name === "application/json")) {
    const types = watchable ? [...MEDIA_TYPES, ...WATCH_TYPES] : MEDIA_TYPES;
    const message = `406: Not Acceptable\n\nAvailable representations: ${types.join(", ")}`;
    throw new StatusError(406, "NotAcceptable", message, {});
  }
  for (const { type, subtype, parameters } of clauses(accept)) {
    if (type !== "*" && type !== "application") continue;
    if (subtype !== "*" && (type === "*" || subtype !== "json")) continue;
    const kind = parameters.get("as");
    const version = parameters.get("v");
    const group = parameters.get("g");
    if (kind === undefined && version === undefined && group === undefined) return undefined;
    if (group !== "meta.k8s.io" || version !== "v1" && version !== "v1beta1") continue;
    if (kind === undefined || !FORMS.includes(kind)) continue;
    return { kind: kind as Form["kind"], apiVersion: `meta.k8s.io/${version}` };
  }
  const message = `only the following media types are accepted: ${MEDIA_TYPES.join(", ")}`;
  throw new StatusError(406, "NotAcceptable", message);
}

/**
 * Converts an answer into the requested representation. A Status is not converted.
 *
 * @param includeObject the query parameter: what the rows of a Table contain
 * @throws {StatusError} 406 for an object as a list, or a list as an object
 * @see k8s.io/apiserver v0.35 pkg/endpoints/handlers/response.go
 */
export function inForm(
  form: Form | undefined,
  resource: Resource,
  answer: KubernetesObject | ObjectList | Status,
  includeObject: string,
  now: Date,
): unknown {
  if (form?.kind === "Table") checkIncludeObject(includeObject);
  if (form === undefined || answer.kind === "Status") return answer;
  const { kind, apiVersion } = form;
  if (kind === "Table") return toTable(resource, answer, includeObject, apiVersion, now);
  const isList = "items" in answer;
  if (isList !== (kind === "PartialObjectMetadataList")) {
    const go = `*core.${KIND[resource]}${isList ? "List" : ""}`;
    const message = `you requested ${kind}, but the requested object is ${
      isList ? "a" : "not a"
    } list (${go})`;
    throw new StatusError(406, "NotAcceptable", message);
  }
  if (!isList) return partial(answer, apiVersion);
  const items = answer.items.map((item) => partial(item, apiVersion));
  return { kind, apiVersion, metadata: answer.metadata, items };
}

function partial({ metadata }: Pick<KubernetesObject, "metadata">, apiVersion: string) {
  return { kind: "PartialObjectMetadata", apiVersion, metadata };
}

function checkIncludeObject(value: string): void {
  if (["", "None", "Metadata", "Object"].includes(value)) return;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${
      goQuote(value)
    }: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** Sorted by preference. */
function clauses(accept: string): Clause[] {
  const found = accept.split(",").map((part) => {
    const [name = "", ...rest] = part.split(";");
    const [type = "", subtype = "*"] = name.trim().split("/");
    const parameters = new Map(rest.map((text) => {
      const [key = "", value = ""] = text.split("=");
      return [key.trim(), value.trim()] as const;
    }));
    return { type, subtype, quality: Number(parameters.get("q") ?? 1), parameters };
  });
  return found.sort((a, b) => b.quality - a.quality || stars(a) - stars(b));
}

function stars({ type, subtype }: Clause): number {
  return Number(type === "*") + Number(subtype === "*");
}
