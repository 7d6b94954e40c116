import type { z } from "@hono/zod-openapi";
import { ClusterName } from "./fields.ts";

/** What a body calls its cluster: `cluster` below `/api/v1/`, `cluster_name` at the root. */
export type ClusterField = "cluster" | "cluster_name";

/** A request body. */
export interface Body<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Names of its fields in their order, by which a misspelled one is told the nearest. */
  readonly fields: readonly string[];
}

/**
 * A body in both forms, each made when it is first asked for and then the same: OpenAPI has one
 * component for one schema.
 */
export function inBothForms<Schema extends z.ZodType>(
  make: (clusterField: ClusterField) => Body<Schema>,
): (clusterField: ClusterField) => Body<Schema> {
  const made = new Map<ClusterField, Body<Schema>>();
  return (clusterField) => {
    const body = made.get(clusterField) ?? make(clusterField);
    made.set(clusterField, body);
    return body;
  };
}

/**
 * The part of a body's shape that names its cluster. By its type it has both names, so that a
 * schema's type is one for both forms; read only the one that it was made for.
 */
export function clusterShape(
  clusterField: ClusterField,
): Readonly<Record<ClusterField, typeof ClusterName>> {
  return { [clusterField]: ClusterName } as Record<ClusterField, typeof ClusterName>;
}

/** Name of a body's component in OpenAPI. */
export function componentOf(name: string, clusterField: ClusterField): string {
  return clusterField === "cluster" ? name : `${name}AtRoot`;
}
