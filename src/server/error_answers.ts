import { z } from "@hono/zod-openapi";

/** The wire shapes of errors. */

/** What `status` says of a cluster that could not be asked. */
export const NOT_ASKED = [
  "cluster_unreachable",
  "timeout",
  "unauthorized",
  "forbidden",
  "invalid_kubeconfig",
  "error",
] as const;

export const Envelope = z.object({
  error: z.literal(true),
  message: z.string().openapi({ description: "One or more sentences for people" }),
  status_code: z.int().openapi({ description: "The status, once more" }),
  status: z.enum(NOT_ASKED).optional().openapi({
    description: "Of a cluster that could not be asked, or refused: why",
  }),
  warnings: z.array(z.string()).optional().openapi({
    description: "Of a secret that is not found: what could not be seen",
  }),
  request_id: z.string().optional().openapi({ description: "Of a bug: by it the log finds more" }),
}).openapi("Error");

const FailedResult = z.object({
  namespace: z.string(),
  result: z.object({
    success: z.literal(false),
    namespace: z.string(),
    error: z.string().openapi({ description: "What became of the secret, and why" }),
  }),
}).openapi("FailedResult");

const NotRestored = z.object({
  namespace: z.string(),
  name: z.string().optional().openapi({ description: "Of a secret" }),
  service_account: z.string().optional().openapi({
    description: "In place of `name`: it is its pull secrets that are not as before",
  }),
  state: z.enum(["new", "missing", "changed", "unknown"]).openapi({
    description: "`new`: it holds what the request wrote. `missing`: it is not there. `changed`: " +
      "somebody else has written since. `unknown`: it could not be read",
  }),
}).openapi("NotRestored");

/** Of a write or removal that had begun. */
export const WriteFailed = Envelope.extend({
  cluster: z.string(),
  name: z.string(),
  results: z.array(FailedResult).openapi({ description: "Secret by secret" }),
  rolled_back: z.literal(true).optional().openapi({ description: "Everything is as before" }),
  not_restored: z.array(NotRestored).optional().openapi({
    description: "In place of `rolled_back`: exactly what is not as before",
  }),
  namespaces_created: z.array(z.string()).optional().openapi({
    description: "Those that were made for it and stay",
  }),
}).openapi("WriteFailed");
