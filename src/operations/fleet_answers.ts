import { z } from "@hono/zod-openapi";
import { Envelope } from "./error_answers.ts";

/** The wire shapes of what is done on several clusters. */

const entry = {
  cluster: z.string().describe("Its name, the first by alphabet where several have one API server"),
  status_code: z.int().describe("The status that the same request about this cluster alone has"),
  answer: z.record(z.string(), z.unknown()).describe(
    "The body that the same request about this cluster alone has, or the error. Of one that was " +
      "not begun, `code` is `not_begun`: nothing was changed there",
  ),
  transport: z.enum(["kubectl", "api"]).optional().describe(
    "Transport used; absent if the kubeconfig cannot be used",
  ),
  same_server_as: z.array(z.string()).optional().describe(
    "Others of the selection with the same API server: they are this one cluster",
  ),
};

export const ofWhole = {
  success: z.boolean().describe("Whether all clusters succeeded"),
  succeeded: z.int().describe("How many did"),
  failed: z.int().describe("How many did not"),
  not_begun: z.int().describe("How many were not begun; nothing was changed there"),
};

/** Where none succeeded, what else there is to say. */
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
 * @param answer of a cluster
 * @param done what is said of all at the end
 */
export const eventLineOf = (
  answer: z.ZodType,
  done: z.ZodRawShape = { ...ofWhole, ...ofNone },
) =>
  z.union([
    z.object({
      event: z.literal("started"),
      clusters: z.int().describe("How many `cluster` events will come"),
      names: z.array(z.string()).describe("Of which clusters, sorted"),
    }),
    z.object({ event: z.literal("cluster"), ...entry, answer }),
    z.object({ event: z.literal("done"), ...done }),
  ]);

export const FleetEventLine = eventLineOf(entry.answer).openapi("ClustersEvent");

/** What came of one cluster. */
export type ClusterEntry = Omit<z.output<typeof Entry>, "answer"> & { readonly answer: object };

/** What came of all of them, in numbers. */
export type FleetSummary = z.output<z.ZodObject<typeof ofWhole & typeof ofNone>>;

export type FleetAnswer = FleetSummary & { readonly clusters: readonly ClusterEntry[] };

/** One line of a stream: `started`, then `cluster` as each ends, and `done` at the end, unless it was cut. */
export type FleetEvent =
  | { readonly event: "started"; readonly clusters: number; readonly names: readonly string[] }
  | { readonly event: "cluster" } & ClusterEntry
  | { readonly event: "done" } & object;
