import type { ObjectList } from "./list.ts";
import type { KubernetesObject, Resource } from "./objects.ts";

/**
 * What `kubectl get` without `-o` asks for, so that it looks as with a real server. The columns'
 * descriptions are left out.
 *
 * @see k8s.io/kubernetes v1.35 pkg/printers/internalversion/printers.go
 */
export function toTable(
  resource: Resource,
  answer: KubernetesObject | ObjectList,
  includeObject: string | null,
  now: Date,
): unknown {
  const objects = "items" in answer ? answer.items as readonly KubernetesObject[] : [answer];
  const metadata = "items" in answer
    ? answer.metadata
    : { resourceVersion: answer.metadata.resourceVersion };
  const columns = resource === "secrets" ? ["Type", "Data", "Age"] : ["Status", "Age"];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: [
      { name: "Name", type: "string", format: "name", description: "", priority: 0 },
      ...columns.map((name) => (
        { name, type: "string", format: "", description: "", priority: 0 }
      )),
    ],
    rows: objects.map((object) => ({
      cells: [
        object.metadata.name,
        ...("status" in object
          ? [object.status.phase]
          : [object.type, Object.keys(object.data ?? {}).length]),
        humanDuration(now.getTime() - Date.parse(object.metadata.creationTimestamp)),
      ],
      ...(includeObject !== "None" && {
        object: includeObject === "Object" ? object : {
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: object.metadata,
        },
      }),
    })),
  };
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
