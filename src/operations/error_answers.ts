import { z } from "@hono/zod-openapi";
import { ERROR_CODES } from "./errors.ts";

/** The JSON of errors. */

/** Values of `status` for a cluster that could not be queried. */
export const NOT_ASKED = [
  "cluster_unreachable",
  "timeout",
  "unauthorized",
  "forbidden",
  "invalid_kubeconfig",
  "error",
] as const;

/** For the seed's paths. */
export const SeedEnvelope = z.object({
  error: z.literal(true),
  message: z.string().describe("One or more sentences for people"),
  status_code: z.int().describe("The HTTP status"),
  status: z.enum(NOT_ASKED).optional().describe(
    "Why the cluster could not be queried, or refused the request",
  ),
  warnings: z.array(z.string()).optional().describe(
    "For a secret that is not found: what could not be read",
  ),
  request_id: z.string().optional().describe(
    "For a bug: the ID of the request in the server's log",
  ),
}).openapi("PlainError");

export const Envelope = SeedEnvelope.extend({
  code: z.enum(ERROR_CODES).describe("Error code; codes never change"),
  field: z.string().optional().openapi({
    description: "The field or parameter that is wrong, the first of several, as a dotted path",
    example: "registries.0.username",
  }),
  fields: z.array(z.string()).optional().describe(
    "All wrong fields or parameters, if there are several",
  ),
  remedy: z.record(z.string(), z.unknown()).optional().openapi({
    description:
      "Fields or parameters that make the request succeed. Besides: `setting` of the server, " +
      "`labels` of the cluster, `retry_after` in seconds, `field` with a similar name, `role` of a token, " +
      "`methods` of the path, and `namespaces` with similar names, by the name that was sent",
    example: { upsert: true },
  }),
}).openapi("Error");

const FailedResult = z.object({
  namespace: z.string(),
  result: z.object({
    success: z.literal(false),
    namespace: z.string(),
    error: z.string().describe("The state of the secret, and why"),
  }),
}).openapi("FailedResult");

const NotRestored = z.object({
  namespace: z.string(),
  name: z.string().optional().describe("Name of the secret"),
  service_account: z.string().optional().describe(
    "In place of `name`: the service account whose pull secrets were not restored",
  ),
  state: z.enum(["new", "missing", "changed", "unknown"]).describe(
    "`new`: it holds what the request wrote. `missing`: it does not exist. `changed`: another client " +
      "has written to it since. `unknown`: it could not be read",
  ),
}).openapi("NotRestored");

const ofFailedWrite = {
  cluster: z.string(),
  name: z.string(),
  results: z.array(FailedResult).describe("One per secret"),
  rolled_back: z.literal(true).optional().describe("Everything was rolled back"),
  not_restored: z.array(NotRestored).optional().describe(
    "In place of `rolled_back`: everything that was not rolled back",
  ),
  namespaces_created: z.array(z.string()).optional().describe(
    "Namespaces that the request created; they are not removed",
  ),
};

/** The error of a write or deletion that was started. */
export const WriteFailed = Envelope.extend(ofFailedWrite).openapi("WriteFailed");
export const SeedWriteFailed = SeedEnvelope.extend(ofFailedWrite).openapi("PlainWriteFailed");
