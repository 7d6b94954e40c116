import { z } from "@hono/zod-openapi";
import { ERROR_CODES } from "./errors.ts";

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

/** On the seed's own paths. */
export const SeedEnvelope = z.object({
  error: z.literal(true),
  message: z.string().describe("One or more sentences for people"),
  status_code: z.int().describe("The status, once more"),
  status: z.enum(NOT_ASKED).optional().describe(
    "Of a cluster that could not be asked, or refused: why",
  ),
  warnings: z.array(z.string()).optional().describe(
    "Of a secret that is not found: what could not be seen",
  ),
  request_id: z.string().optional().describe("Of a bug: by it the log finds more"),
}).openapi("SeedError");

export const Envelope = SeedEnvelope.extend({
  code: z.enum(ERROR_CODES).describe("What is wrong, in a word that stays the same"),
  field: z.string().optional().openapi({
    description: "The field or parameter that it is about, the first of several; a dotted path",
    example: "registries.0.username",
  }),
  fields: z.array(z.string()).optional().describe("All of them, where there are several"),
  remedy: z.record(z.string(), z.unknown()).optional().openapi({
    description: "What to send to succeed, by fields or parameters. `setting` is one of the " +
      "server's, `labels` the cluster's, `retry_after` seconds to wait, `field` the name that may be meant, `role` a " +
      "token's, `methods` the path's, `namespaces` by each name the one that may be meant",
    example: { upsert: true },
  }),
}).openapi("Error");

const FailedResult = z.object({
  namespace: z.string(),
  result: z.object({
    success: z.literal(false),
    namespace: z.string(),
    error: z.string().describe("What became of the secret, and why"),
  }),
}).openapi("FailedResult");

const NotRestored = z.object({
  namespace: z.string(),
  name: z.string().optional().describe("Of a secret"),
  service_account: z.string().optional().describe(
    "In place of `name`: it is its pull secrets that are not as before",
  ),
  state: z.enum(["new", "missing", "changed", "unknown"]).describe(
    "`new`: it holds what the request wrote. `missing`: it is not there. `changed`: " +
      "somebody else has written since. `unknown`: it could not be read",
  ),
}).openapi("NotRestored");

const ofFailedWrite = {
  cluster: z.string(),
  name: z.string(),
  results: z.array(FailedResult).describe("Secret by secret"),
  rolled_back: z.literal(true).optional().describe("Everything is as before"),
  not_restored: z.array(NotRestored).optional().describe(
    "In place of `rolled_back`: exactly what is not as before",
  ),
  namespaces_created: z.array(z.string()).optional().describe(
    "Those that were made for it and stay",
  ),
};

/** Of a write or removal that had begun. */
export const WriteFailed = Envelope.extend(ofFailedWrite).openapi("WriteFailed");
export const SeedWriteFailed = SeedEnvelope.extend(ofFailedWrite).openapi("SeedWriteFailed");
