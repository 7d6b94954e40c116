import { z } from "@hono/zod-openapi";

/** The wire shapes of the audit log. */

const AuditEntry = z.object({
  time: z.iso.datetime(),
  phase: z.enum(["started", "begin", "end", "refused", "interrupted"]).openapi({
    description: "`started`: the server begins to write this log. A write has a `begin` and an " +
      "`end`; one that a crash interrupted has no `end`, but an `interrupted` of a later start. " +
      "`refused`: it was not allowed",
  }),
  write: z.string().optional().openapi({ description: "Id of the write, as on its secrets" }),
  request: z.string().optional().openapi({ description: "The request's `X-Request-Id`" }),
  who: z.string().optional().openapi({
    description: "Name of the token, or `anonymous`; of the command line the system's user",
  }),
  from: z.string().optional().openapi({
    description: "Address of the client, or `command line`",
  }),
  cluster: z.string().optional(),
  kind: z.string().optional().openapi({
    description: "`docker`, `git`, `helm`, `oci` or `delete`",
  }),
  names: z.array(z.string()).optional().openapi({ description: "Of the secrets asked for" }),
  namespaces: z.array(z.string()).optional(),
  service_accounts: z.array(
    z.object({ namespace: z.string(), name: z.string() }).openapi("AuditServiceAccount"),
  ).optional().openapi({
    description: "Those that were to be given the secret, or, of `delete`, that used it",
  }),
  upsert: z.boolean().optional(),
  force: z.boolean().optional(),
  credential: z.string().optional().openapi({
    description: "Fingerprint of the credential's value, by a key of this log",
  }),
  outcome: z.string().optional().openapi({
    description: "`created`, `replaced`, `unchanged`, `mixed`, `deleted`, `refused`, `failed` or " +
      "`unable`",
  }),
  counts: z.record(z.string(), z.int()).optional().openapi({
    description: "How many secrets were `created`, `replaced`, `unchanged` or `deleted`",
  }),
  written: z.array(z.string()).optional().openapi({
    description: "Names of the secrets that were written, where they are others than `names`",
  }),
  refusals: z.array(z.string()).optional().openapi({
    description: "Why it was refused, each once",
  }),
  error: z.string().optional().openapi({ description: "Why it failed, in one word" }),
  not_restored: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string().optional().openapi({ description: "`serviceaccount`; absent of a secret" }),
      state: z.string().openapi({ description: "`new`, `missing`, `changed` or `unknown`" }),
    }).openapi("AuditNotRestored"),
  ).optional().openapi({ description: "What is not as it was before the write failed" }),
  namespaces_created: z.array(z.string()).optional(),
  action: z.string().optional().openapi({ description: "Method and path of what was refused" }),
  reason: z.string().optional().openapi({ description: "Why that was refused, in a sentence" }),
  left_out: z.int().optional().openapi({
    description: "How many refused attempts of the same client before it were too many to be " +
      "recorded one by one",
  }),
}).openapi("AuditEntry");

export const AuditAnswer = z.object({
  entries: z.array(AuditEntry).openapi({ description: "Newest first" }),
  total: z.int().openapi({ description: "How many entries these are" }),
  truncated: z.boolean().openapi({ description: "Whether older ones match, too" }),
  damaged: z.int().openapi({ description: "Lines passed over, as a crash has cut them" }),
}).openapi("Audit");
