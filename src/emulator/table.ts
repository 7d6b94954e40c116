import type { ObjectList } from "./list.ts";
import { KIND, type KubernetesObject, type Resource } from "./objects.ts";

/** @see k8s.io/api v0.35 core/v1/types_swagger_doc_generated.go */
const DESCRIPTIONS = {
  Name:
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
  Type:
    "Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
  Data:
    "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
  Age:
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  Status: "The status of the namespace",
} as const;

/**
 * The Table that `kubectl get` without `-o` requests, also used to list secrets without their values.
 *
 * @see k8s.io/kubernetes v1.35 pkg/printers/internalversion/printers.go
 */
export function toTable(
  resource: Resource,
  answer: KubernetesObject | ObjectList,
  includeObject: string,
  apiVersion: string,
  now: Date,
): unknown {
  const objects = "items" in answer ? answer.items as readonly KubernetesObject[] : [answer];
  const metadata = "items" in answer
    ? answer.metadata
    : { resourceVersion: answer.metadata.resourceVersion };
  const columns = COLUMNS[resource];
  return {
    kind: "Table",
    apiVersion,
    metadata,
    columnDefinitions: columns.map((name) => ({
      name,
      type: "string",
      format: name === "Name" ? "name" : "",
      description: DESCRIPTIONS[name],
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: [
        object.metadata.name,
        ...cells(object),
        humanDuration(now.getTime() - Date.parse(object.metadata.creationTimestamp)),
      ],
      object: included(includeObject, resource, object, apiVersion),
    })),
  };
}

const COLUMNS = {
  secrets: ["Name", "Type", "Data", "Age"],
  namespaces: ["Name", "Status", "Age"],
  serviceaccounts: ["Name", "Age"],
} as const satisfies Record<Resource, readonly (keyof typeof DESCRIPTIONS)[]>;

/** The cells between name and age. Items of a list have no kind, so the resource decides. */
function cells(object: KubernetesObject): unknown[] {
  if ("status" in object) return [object.status.phase];
  return "type" in object ? [object.type, Object.keys(object.data ?? {}).length] : [];
}

function included(
  includeObject: string,
  resource: Resource,
  object: Omit<KubernetesObject, "kind" | "apiVersion">,
  apiVersion: string,
): unknown {
  if (includeObject === "None") return null;
  return includeObject === "Object"
    ? { kind: KIND[resource], apiVersion: "v1", ...object }
    : { kind: "PartialObjectMetadata", apiVersion, metadata: object.metadata };
}

/** @see k8s.io/apimachinery v0.35 pkg/util/duration/duration.go, HumanDuration */
function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return `${minutes}m${part(seconds % 60, "s")}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return `${hours}h${part(minutes % 60, "m")}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return `${days}d${part(hours % 24, "h")}`;
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 2920 ? `${years}y${part(days % 365, "d")}` : `${years}y`;
}

function part(count: number, unit: string): string {
  return count === 0 ? "" : `${count}${unit}`;
}
