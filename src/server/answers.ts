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
    description: "created, replaced, unchanged, mixed, deleted, refused, failed or unable",
  }),
  counts: z.record(z.string(), z.number().int()).optional(),
  written: z.array(z.string()).optional(),
  refusals: z.array(z.string()).optional(),
  error: z.string().optional(),
  not_restored: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string().optional(),
      state: z.string(),
    }),
  ).optional(),
  namespaces_created: z.array(z.string()).optional(),
  action: z.string().optional(),
  reason: z.string().optional(),
}).openapi("AuditEntry");

export const AuditAnswer = z.object({
  entries: z.array(AuditEntry).openapi({ description: "Newest first" }),
  total: z.number().int().openapi({ description: "How many entries these are" }),
  truncated: z.boolean().openapi({ description: "Whether older ones match, too" }),
  damaged: z.number().int().openapi({ description: "Lines passed over, as a crash has cut them" }),
}).openapi("Audit");

const Change = z.object({
  field: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
}).openapi("Change", { description: "*** stands for a value that is not shown" });

const Applied = z.object({
  success: z.boolean(),
  namespace: z.string(),
  output: z.string(),
  changes: z.array(Change).optional().openapi({ description: "Of a dry run" }),
}).openapi("Applied");

const ServiceAccountPatched = z.object({
  namespace: z.string(),
  name: z.string(),
  output: z.string(),
}).openapi("ServiceAccountPatched");

const VerifiedSchema = z.object({
  at: z.string(),
  tried: z.boolean(),
  asked: z.string().optional().openapi({ description: "The URL that was asked" }),
  reachable: z.boolean().optional(),
  accepted: z.boolean().nullable().optional().openapi({
    description: "null: nobody was asked for a credential, or that cannot be told",
  }),
  may: z.array(z.string()).optional().openapi({ description: "What it may do, in words" }),
  expires: z.string().optional(),
  message: z.string(),
}).openapi("Verified");

export type VerifiedAnswer = z.infer<typeof VerifiedSchema>;

export const NotAcceptedAnswer = Envelope.and(z.object({ verified: z.array(VerifiedSchema) }));

export const VerifiedAllAnswer = z.object({
  success: z.literal(true),
  verified: z.array(VerifiedSchema),
  message: z.string(),
}).openapi("VerifiedAll");

/** What every write's answer may have besides. */
const more = {
  verified: z.array(VerifiedSchema).optional(),
  dry_run: z.literal(true).optional(),
  hint: z.string().optional(),
};

export const DockerAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  namespaces: z.array(z.string()),
  results: z.array(z.object({ namespace: z.string(), result: Applied })),
  service_accounts: z.array(ServiceAccountPatched).optional(),
  namespaces_created: z.array(z.string()).optional(),
  ...more,
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

export const SecretsExistAnswer = z.object({
  error: z.literal(true),
  message: z.string(),
  existing_secrets: z.record(z.string(), Existing).openapi({
    description: "By namespace, or by name where all are in Argo CD's",
  }),
  upsert_required: z.literal(true),
}).openapi("SecretsExist");

const RepoResult = z.object({
  name: z.string(),
  url: z.string(),
  result: Applied,
  template: z.string().optional(),
  application_repo_url: z.string(),
}).openapi("RepoResult");

export const RepoAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  type: z.enum(["git", "helm", "oci"]),
  as: z.enum(["repository", "repo-creds"]),
  results: z.array(RepoResult),
  ...more,
  message: z.string(),
}).openapi("RepoAdded");

export const ShownAnswer = z.object({
  cluster: z.string(),
  name: z.string(),
  secrets: z.array(
    Secret.extend(RepositorySecret.partial().shape).extend({
      ...Secret.shape,
      project: z.string().optional(),
      credentials: z.array(z.string()).optional().openapi({ description: "Kinds of credential" }),
      registries: z.array(z.object({ registry: z.string(), username: z.string().optional() }))
        .optional(),
      keys: z.array(z.object({ key: z.string(), bytes: z.number().int() })),
      fingerprint: z.string().nullable(),
      immutable: z.boolean(),
      managed: z.boolean().openapi({ description: "Whether this program wrote it" }),
      write: z.string().nullable().openapi({ description: "The write that made it what it is" }),
      owner: z.string().nullable().openapi({ description: "Another program that looks after it" }),
    }),
  ),
  total: z.number().int(),
  warnings: z.array(z.string()).optional(),
  status: z.literal("success"),
}).openapi("Shown");

export const RemovedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  deleted: z.array(z.object({ namespace: z.string(), name: z.string(), output: z.string() })),
  service_accounts: z.array(ServiceAccountPatched).optional(),
  not_found: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
  dry_run: z.literal(true).optional(),
  message: z.string(),
}).openapi("Removed");

export const HelmRepoAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  secret_name: z.string(),
  repository_url: z.string(),
  helm_secret_applied: Applied,
  template: z.string().optional(),
  application_repo_url: z.string(),
  ...more,
  message: z.string(),
}).openapi("HelmRepoAdded");

export const HelmReposAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  results: z.array(RepoResult),
  ...more,
  message: z.string(),
}).openapi("HelmReposAdded", { description: "Where repository_urls was given" });

export const HelmRepoExistsAnswer = z.object({
  error: z.literal(true),
  message: z.string(),
  existing_secret: Existing,
  upsert_required: z.literal(true),
}).openapi("HelmRepoExists");
