import { z } from "@hono/zod-openapi";
import { Envelope, NOT_ASKED, SeedEnvelope } from "./error_answers.ts";
import { ExpiryAnswer } from "./expiry_answers.ts";

/** The wire shapes of answers, for `/openapi.json` and as types of what `respond.ts` makes. */

export const Health = z.object({
  status: z.literal("healthy"),
  service: z.string(),
  timestamp: z.string().openapi({
    description: "As HTTP writes a date",
    example: "Fri, 11 Jul 2025 15:14:35 GMT",
  }),
}).openapi("Health");

export const Index = z.object({
  service: z.string(),
  version: z.string(),
  endpoints: z.record(z.string(), z.string()).openapi({
    description: "By method and path: what each does",
    example: { "GET /health": "Whether the server runs" },
  }),
}).openapi("Index");

const labels = z.record(z.string(), z.string());

const warnings = z.array(z.string()).optional().describe(
  "What could not be seen, or is left as it is",
);

const Secret = z.object({
  name: z.string(),
  namespace: z.string(),
  labels,
  type: z.string().openapi({ description: "Kubernetes' type", example: "Opaque" }),
  creation_timestamp: z.string().openapi({ example: "2026-01-31T10:00:00Z" }),
  expires: ExpiryAnswer.optional().describe(
    "Below `/api/v1`: when it ends, where that is declared; of a single secret also where its values tell it",
  ),
}).openapi("Secret");

const RepositorySecret = Secret.extend({
  repository_url: z.string().describe("User information in it is masked"),
  repository_name: z.string().describe("Argo CD's; empty where it has none"),
  repository_type: z.string().describe("`git`, `helm` or `oci`, as it stands there"),
  username: z.string().describe("Masked when it looks like a token; empty where there is none"),
  enable_oci: z.boolean().describe("Whether Helm charts are OCI artifacts"),
  note: z.string().optional().describe("Of a secret that Argo CD itself ignores"),
}).openapi("RepositorySecret");

const ShownLogin = z.object({ registry: z.string(), username: z.string().optional() })
  .openapi("ShownLogin");

const DockerSecret = Secret.extend({
  registries: z.array(ShownLogin).optional().describe(
    "Where it was looked at for `username` or `registry`: what it is for",
  ),
}).openapi("DockerSecret");

export type DockerSecretAnswer = z.infer<typeof DockerSecret>;
export type SecretAnswer = z.infer<typeof Secret>;
export type RepositorySecretAnswer = z.infer<typeof RepositorySecret>;

export const Secrets = z.object({
  cluster: z.string(),
  repo_creds_secrets: z.array(RepositorySecret).describe("Argo CD's credential templates"),
  docker_creds_secrets: z.array(DockerSecret).describe(
    "Secrets of any namespace with one of the configured docker labels",
  ),
  helm_creds_secrets: z.array(RepositorySecret).describe(
    "Argo CD's repositories of type helm, and secrets labelled `helm-repo-creds`",
  ),
  repository_secrets: z.array(RepositorySecret).describe("Argo CD's repositories of every type"),
  total_repo_creds: z.int(),
  total_docker_creds: z.int(),
  total_helm_creds: z.int(),
  status: z.enum(["success", ...NOT_ASKED]),
  message: z.string().optional().describe("Why the cluster could not be asked"),
  warnings,
}).openapi("Secrets");

export type SecretsAnswer = z.infer<typeof Secrets>;

/** Of a cluster that could not be asked; on the seed's path without what makes it an error. */
export const SecretsFailed = Envelope.extend({
  ...Secrets.shape,
  status: z.enum(NOT_ASKED),
  message: z.string(),
}).openapi("SecretsFailed");

const Change = z.object({
  field: z.string().describe("Like `data.KEY` or `labels.KEY`"),
  before: z.string().optional().describe("Absent when the field was not there"),
  after: z.string().optional().describe("Absent when the field goes"),
}).openapi("Change", {
  description: "*** stands for a value that is not shown; of a registry with the same user and " +
    "another password that is said",
});

const Applied = z.object({
  success: z.literal(true),
  namespace: z.string(),
  output: z.string().openapi({
    description: "As kubectl says it",
    example: "secret/my-docker-secret created",
  }),
  changes: z.array(Change).optional().describe("Of a dry run"),
}).openapi("Applied");

const ServiceAccountPatched = z.object({
  namespace: z.string(),
  name: z.string(),
  output: z.string(),
}).openapi("ServiceAccountPatched");

const VerifiedSchema = z.object({
  at: z.string().describe("The registry's host, or the URL as it was sent"),
  tried: z.boolean().describe(
    "Whether a server was asked; else the credential was only read, and `message` " +
      "says why",
  ),
  asked: z.string().optional().describe(
    "The URL that was asked, or would have been; empty where there is none",
  ),
  reachable: z.boolean().optional().describe("Whether it answered"),
  accepted: z.boolean().nullable().optional().describe(
    "null: nobody was asked for a credential, or it could not be tried (422)",
  ),
  may: z.array(z.string()).optional().describe("What it may do, in words"),
  expires: z.iso.datetime().optional().describe("Where the server or the credential tells it"),
  message: z.string(),
}).openapi("Verified");

export type VerifiedAnswer = z.infer<typeof VerifiedSchema>;

const hint = z.string().optional().describe("What may not do what it seems to");

const registry = z.string().optional().openapi({
  description: "Of a pull secret: its registry, as sent or by default; absent where `registries` " +
    "was given",
  example: "ghcr.io",
});

const ofNotAccepted = { registry, verified: z.array(VerifiedSchema), hint };

export const NotAcceptedAnswer = Envelope.extend(ofNotAccepted).openapi("NotAccepted");
export const SeedNotAcceptedAnswer = SeedEnvelope.extend(ofNotAccepted).openapi("SeedNotAccepted");

export const VerifiedAllAnswer = z.object({
  success: z.literal(true),
  verified: z.array(VerifiedSchema),
  hint,
  message: z.string(),
}).openapi("VerifiedAll");

const dry_run = z.literal(true).optional().describe("Nothing was changed");

/** What every write's answer may have besides. */
const more = {
  verified: z.array(VerifiedSchema).optional().describe("Where `verify` was given"),
  dry_run,
  hint,
};

export const DockerAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  namespaces: z.array(z.string()).describe("All it is in, Argo CD's too"),
  registry,
  results: z.array(
    z.object({ namespace: z.string(), result: Applied }).openapi("DockerResult"),
  ),
  service_accounts: z.array(ServiceAccountPatched).optional(),
  namespaces_created: z.array(z.string()).optional().describe("Those that were not there before"),
  ...more,
  message: z.string(),
}).openapi("DockerAdded");

const Existing = z.object({
  exists: z.boolean(),
  description: z.object({ name: z.string(), namespace: z.string(), type: z.string(), labels })
    .partial().describe("All of these fields where it exists, else none"),
}).openapi("Existing");

export type ExistingAnswer = z.infer<typeof Existing>;

const ofExisting = {
  existing_secrets: z.record(z.string(), Existing).describe(
    "By namespace, or by name where all are in Argo CD's",
  ),
  upsert_required: z.literal(true),
};

export const SecretsExistAnswer = Envelope.extend(ofExisting).openapi("SecretsExist");
/** The seed's of these have no status. */
const untold = { error: z.literal(true), message: z.string() };
export const SeedSecretsExistAnswer = z.object({ ...untold, ...ofExisting })
  .openapi("SeedSecretsExist");

const template = z.string().optional().describe(
  "Name of the credential template that was written beside it",
);
const repository = z.string().optional().describe(
  "Of a template of charts: name of a repository for exactly its URL, with the same " +
    "credential",
);
const application_repo_url = z.string().describe("What to write as `repoURL` into an Application");

const RepoResult = z.object({
  name: z.string(),
  url: z.string(),
  result: Applied,
  template,
  repository,
  application_repo_url,
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

const shownSecret = {
  ...Secret.shape,
  project: z.string().optional().describe("Argo CD's"),
  credentials: z.array(z.string()).optional().describe("Kinds of credential"),
  registries: z.array(ShownLogin).optional().describe("Of a pull secret"),
  keys: z.array(z.object({ key: z.string(), bytes: z.int() }).openapi("SecretKey")).describe(
    "Of its data, and how long each value is",
  ),
  immutable: z.boolean(),
  managed: z.boolean().describe("Whether this program wrote it"),
  write: z.string().nullable().describe("The write that made it what it is"),
  owner: z.string().nullable().describe("Another program that looks after it"),
};

const dataFingerprint = z.string().nullable().describe(
  "The same for the same data; null where none can be made",
);

/** Secrets of one name, each with its fingerprints. */
const shownAnswer = <Shape extends z.ZodRawShape>(prefix: string, fingerprints: Shape) => ({
  cluster: z.string(),
  name: z.string(),
  secrets: z.array(
    Secret.extend(RepositorySecret.partial().shape).extend({ ...shownSecret, ...fingerprints })
      .openapi(`${prefix}ShownSecret`),
  ),
  total: z.int(),
  warnings,
  status: z.literal("success"),
});

export const ShownAnswer = z.object({
  ...shownAnswer("", {
    data_fingerprint: dataFingerprint,
    fingerprints: z.record(z.string(), z.string()).describe(
      "Of each credential in it, by Argo CD's key or by registry: the same for the same one, in every " +
        "secret and in the audit log",
    ),
  }),
  fingerprints_end: z.string().optional().describe(
    "Why fingerprints compare until the program ends only; absent where they do for longer",
  ),
}).openapi("Shown");

/** At the root as it was before there were versions. */
export const RootShownAnswer = z.object(shownAnswer("Root", { fingerprint: dataFingerprint }))
  .openapi("RootShown");

export const RemovedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  deleted: z.array(
    z.object({ namespace: z.string(), name: z.string(), output: z.string() })
      .openapi("DeletedSecret"),
  ),
  service_accounts: z.array(ServiceAccountPatched).optional(),
  not_found: z.array(z.string()).optional().describe(
    "Of the namespaces asked for: those that do not have it",
  ),
  warnings,
  dry_run,
  message: z.string(),
}).openapi("Removed");

export const HelmRepoAddedAnswer = z.object({
  success: z.literal(true),
  cluster: z.string(),
  secret_name: z.string(),
  repository_url: z.string(),
  helm_secret_applied: Applied,
  template,
  application_repo_url,
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

const ofExistingHelm = { existing_secret: Existing, upsert_required: z.literal(true) };

export const HelmRepoExistsAnswer = Envelope.extend(ofExistingHelm).openapi("HelmRepoExists");
export const SeedHelmRepoExistsAnswer = z.object({ ...untold, ...ofExistingHelm })
  .openapi("SeedHelmRepoExists");
