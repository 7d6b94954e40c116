import { z } from "@hono/zod-openapi";

/** The wire shapes of answers, for `/openapi.json` and as types of what `respond.ts` makes. */

export const Envelope = z.object({
  error: z.literal(true),
  message: z.string(),
  status_code: z.number().int(),
}).catchall(z.unknown()).openapi("Error");

export const Health = z.object({
  status: z.literal("healthy"),
  service: z.string(),
  timestamp: z.string().openapi({ example: "Fri, 11 Jul 2025 15:14:35 GMT" }),
}).openapi("Health");

export const Index = z.object({
  service: z.string(),
  version: z.string(),
  endpoints: z.record(z.string(), z.string()),
}).openapi("Index");

export const ClusterList = z.object({
  clusters: z.array(z.string()),
  total: z.number().int(),
}).openapi("Clusters");

const labels = z.record(z.string(), z.string());

const Secret = z.object({
  name: z.string(),
  namespace: z.string(),
  labels,
  type: z.string(),
  creation_timestamp: z.string(),
}).openapi("Secret");

const RepositorySecret = Secret.extend({
  repository_url: z.string().openapi({ description: "User information in it is masked" }),
  repository_name: z.string(),
  repository_type: z.string(),
  username: z.string().openapi({ description: "Masked when it looks like a token" }),
  enable_oci: z.boolean(),
  note: z.string().optional(),
}).openapi("RepositorySecret");

export type SecretAnswer = z.infer<typeof Secret>;
export type RepositorySecretAnswer = z.infer<typeof RepositorySecret>;

export const Secrets = z.object({
  cluster: z.string(),
  repo_creds_secrets: z.array(RepositorySecret),
  docker_creds_secrets: z.array(Secret),
  helm_creds_secrets: z.array(RepositorySecret),
  repository_secrets: z.array(RepositorySecret),
  total_repo_creds: z.number().int(),
  total_docker_creds: z.number().int(),
  total_helm_creds: z.number().int(),
  status: z.enum([
    "success",
    "cluster_unreachable",
    "timeout",
    "unauthorized",
    "forbidden",
    "invalid_kubeconfig",
    "error",
  ]),
  message: z.string().optional(),
  warnings: z.array(z.string()).optional(),
}).openapi("Secrets");

export type SecretsAnswer = z.infer<typeof Secrets>;

const AuditEntry = z.object({
  time: z.iso.datetime(),
  phase: z.enum(["started", "begin", "end", "refused", "interrupted"]).openapi({
    description: "A write has a begin and an end; what a crash interrupted has no end",
  }),
  write: z.string().optional(),
  request: z.string().optional(),
  who: z.string().optional(),
  from: z.string().optional(),
  cluster: z.string().optional(),
  kind: z.string().optional(),
  names: z.array(z.string()).optional(),
  namespaces: z.array(z.string()).optional(),
  upsert: z.boolean().optional(),
  force: z.boolean().optional(),
  credential: z.string().optional().openapi({
    description: "Fingerprint of the credential's value, by a key of this log",
  }),
  outcome: z.string().optional().openapi({
    description: "created, replaced, unchanged, mixed, refused, failed or unable",
  }),
  counts: z.record(z.string(), z.number().int()).optional(),
  written: z.array(z.string()).optional(),
  refusals: z.array(z.string()).optional(),
  error: z.string().optional(),
  not_restored: z.array(
    z.object({ namespace: z.string(), name: z.string(), state: z.string() }),
  ).optional(),
  action: z.string().optional(),
  reason: z.string().optional(),
}).openapi("AuditEntry");

export const AuditAnswer = z.object({
  entries: z.array(AuditEntry).openapi({ description: "Newest first" }),
  total: z.number().int().openapi({ description: "How many entries these are" }),
  truncated: z.boolean().openapi({ description: "Whether older ones match, too" }),
  damaged: z.number().int().openapi({ description: "Lines passed over, as a crash has cut them" }),
}).openapi("Audit");

const Applied = z.object({
  success: z.boolean(),
  namespace: z.string(),
  output: z.string(),
}).openapi("Applied");

export const DockerAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  namespaces: z.array(z.string()),
  results: z.array(z.object({ namespace: z.string(), result: Applied })),
  message: z.string(),
}).openapi("DockerAdded");

const Existing = z.object({
  exists: z.boolean(),
  description: z.union([
    z.object({ name: z.string(), namespace: z.string(), type: z.string(), labels }),
    z.object({}),
  ]),
}).openapi("Existing");

export type ExistingAnswer = z.infer<typeof Existing>;

export const DockerExistsAnswer = z.object({
  error: z.literal(true),
  message: z.string(),
  existing_secrets: z.record(z.string(), Existing),
  upsert_required: z.literal(true),
}).openapi("DockerExists");

export const HelmRepoAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  secret_name: z.string(),
  repository_url: z.string(),
  helm_secret_applied: Applied,
  template: z.string().optional(),
  application_repo_url: z.string(),
  hint: z.string().optional(),
  message: z.string(),
}).openapi("HelmRepoAdded");

export const HelmRepoExistsAnswer = z.object({
  error: z.literal(true),
  message: z.string(),
  existing_secret: Existing,
  upsert_required: z.literal(true),
}).openapi("HelmRepoExists");
