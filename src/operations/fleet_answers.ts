import { z } from "@hono/zod-openapi";
import { Envelope } from "./error_answers.ts";

/** The JSON of requests for several clusters. */

const entry = {
  cluster: z.string().describe(
    "Name of the cluster; the first by alphabet of those with the same API server",
  ),
  status_code: z.int().describe("The status of the same request for this cluster alone"),
  answer: z.record(z.string(), z.unknown()).describe(
    "The response to the same request for this cluster alone, or the error. If the cluster was skipped, " +
      "`code` is `not_begun`, and nothing was changed",
  ),
  transport: z.enum(["kubectl", "api"]).optional().describe(
    "Transport used; absent if the kubeconfig cannot be used",
  ),
  same_server_as: z.array(z.string()).optional().describe(
    "Other selected clusters with the same API server: they are the same cluster",
  ),
};

export const ofWhole = {
  success: z.boolean().describe("Whether all clusters succeeded"),
  succeeded: z.int().describe("Number of clusters that succeeded"),
  failed: z.int().describe("Number of clusters that failed"),
  not_begun: z.int().describe("Number of clusters that were skipped; nothing was changed there"),
};

/** Present if no cluster succeeded. */
export const ofNone = z.object(
  Envelope.pick({ error: true, message: true, status_code: true, code: true })
    .shape,
).partial().shape;

const Entry = z.object(entry).openapi("ClusterResult");

export const Fleet = z.object({
  ...ofWhole,
  clusters: z.array(Entry).describe("Sorted by name"),
  ...ofNone,
}).openapi("ClustersResult");

/**
 * One line of a stream.
 * @param answer the response of a cluster
 * @param done the fields of the event `done`
 */
export const eventLineOf = (
  answer: z.ZodType,
  done: z.ZodRawShape = { ...ofWhole, ...ofNone },
) =>
  z.union([
    z.object({
      event: z.literal("started"),
      clusters: z.int().describe("Number of `cluster` events that follow"),
      names: z.array(z.string()).describe("Names of the clusters, sorted"),
    }),
    z.object({ event: z.literal("cluster"), ...entry, answer }),
    z.object({ event: z.literal("done"), ...done }),
  ]);

export const FleetEventLine = eventLineOf(entry.answer).openapi("ClustersEvent");

/** The result of one cluster. */
export type ClusterEntry = Omit<z.output<typeof Entry>, "answer"> & { readonly answer: object };

/** The numbers of clusters by result. */
export type FleetSummary = z.output<z.ZodObject<typeof ofWhole & typeof ofNone>>;

export type FleetAnswer = FleetSummary & { readonly clusters: readonly ClusterEntry[] };

/** One line of a stream: `started`, `cluster` as each finishes, and `done`, unless it was cut off. */
export type FleetEvent =
  | { readonly event: "started"; readonly clusters: number; readonly names: readonly string[] }
  | { readonly event: "cluster" } & ClusterEntry
  | { readonly event: "done" } & object;
