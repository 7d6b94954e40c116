import { z } from "@hono/zod-openapi";
import { Envelope, SeedEnvelope } from "./error_answers.ts";
import { labelsField, warningsField } from "./secret_answers.ts";

/** The JSON of writes, deletions and verifications. */

const Change = z.object({
  field: z.string().describe("Like `data.KEY` or `labels.KEY`"),
  before: z.string().optional().describe("Absent if the field did not exist"),
  after: z.string().optional().describe("Absent if the field is removed"),
}).openapi("Change", {
  description:
    "`***` replaces a value that is not shown. If only the password of a registry changes, " +
    "the text says so",
});

const Applied = z.object({
  success: z.literal(true),
  namespace: z.string(),
  output: z.string().openapi({
    description: "As kubectl prints it",
    example: "secret/my-docker-secret created",
  }),
  changes: z.array(Change).optional().describe("Present for a dry run"),
}).openapi("Applied");

const ServiceAccountPatched = z.object({
  namespace: z.string(),
  name: z.string(),
  output: z.string(),
}).openapi("ServiceAccountPatched");

const verifiedShape = <Shape extends z.ZodRawShape>(permissions: Shape) => ({
  at: z.string().describe("The registry's host, or the URL as it was sent"),
  tried: z.boolean().describe(
    "Whether a server was contacted; if not, the credential was only parsed, and `message` says why",
  ),
  asked: z.string().optional().describe(
    "The URL that was requested, or would have been; empty if there is none",
  ),
  reachable: z.boolean().optional().describe("Whether the server answered"),
  accepted: z.boolean().nullable().optional().describe(
    "null: the server does not require a credential, or the credential could not be verified (422)",
  ),
  ...permissions,
  expires: z.iso.datetime().optional().describe(
    "Present if the server or the credential reports it",
  ),
  message: z.string(),
});

const PERMISSIONS = "What the credential allows, in words: `read org/app.git`";
const permissions = z.array(z.string()).optional();

const VerifiedSchema = z.object(verifiedShape({
  permissions: permissions.describe(PERMISSIONS),
  may: permissions.openapi({ deprecated: true, description: "The old name of `permissions`" }),
})).openapi("Verified");

/** At the root, where the permissions have their old name only. */
const RootVerifiedSchema = z.object(verifiedShape({ may: permissions.describe(PERMISSIONS) }))
  .openapi("RootVerified");

export type VerifiedAnswer = z.infer<typeof VerifiedSchema>;

const hint = z.string().optional().describe(
  "A warning: the request was carried out, but may not have the effect you expect",
);

const registry = z.string().optional().openapi({
  description:
    "The registry of a pull secret, as sent or by default; absent if `registries` was sent",
  example: "ghcr.io",
});

const ofNotAccepted = { registry, verified: z.array(VerifiedSchema), hint };
const ofNotAcceptedAtRoot = { ...ofNotAccepted, verified: z.array(RootVerifiedSchema) };

export const NotAcceptedAnswer = Envelope.extend(ofNotAccepted).openapi("NotAccepted");
export const RootNotAcceptedAnswer = Envelope.extend(ofNotAcceptedAtRoot).openapi(
  "RootNotAccepted",
);
export const SeedNotAcceptedAnswer = SeedEnvelope.extend(ofNotAcceptedAtRoot)
  .openapi("PlainNotAccepted");

const verifiedAll = <Each extends z.ZodType>(each: Each) => ({
  success: z.literal(true),
  verified: z.array(each),
  hint,
  message: z.string(),
});

export const VerifiedAllAnswer = z.object(verifiedAll(VerifiedSchema)).openapi("VerifiedAll");
export const RootVerifiedAllAnswer = z.object(verifiedAll(RootVerifiedSchema))
  .openapi("RootVerifiedAll");

const dry_run = z.literal(true).optional().describe("Nothing was changed");

/** Fields that the answer of every write may have besides. */
const moreOf = <Each extends z.ZodType>(each: Each) => ({
  verified: z.array(each).optional().describe("Present if `verify` was sent"),
  dry_run,
  hint,
});
const more = moreOf(VerifiedSchema);
const moreAtRoot = moreOf(RootVerifiedSchema);

const dockerAdded = {
  success: z.literal(true),
  cluster: z.string(),
  name: z.string(),
  namespaces: z.array(z.string()).describe(
    "All namespaces that have the secret, Argo CD's included",
  ),
  registry,
  results: z.array(
    z.object({ namespace: z.string(), result: Applied }).openapi("DockerResult"),
  ),
  service_accounts: z.array(ServiceAccountPatched).optional(),
  namespaces_created: z.array(z.string()).optional().describe(
    "Namespaces that this request created",
  ),
};

export const DockerAddedAnswer = z.object({ ...dockerAdded, ...more, message: z.string() })
  .openapi("DockerAdded");
export const RootDockerAddedAnswer = z.object({
  ...dockerAdded,
  ...moreAtRoot,
  message: z.string(),
})
  .openapi("RootDockerAdded");

const Existing = z.object({
  exists: z.boolean(),
  description: z.object({
    name: z.string(),
    namespace: z.string(),
    type: z.string(),
    labels: labelsField,
  })
    .partial().describe("All of these fields if the secret exists, else none"),
}).openapi("Existing");

export type ExistingAnswer = z.infer<typeof Existing>;

const ofExisting = {
  existing_secrets: z.record(z.string(), Existing).describe(
    "By namespace, or by name if all are in Argo CD's namespace",
  ),
  upsert_required: z.literal(true),
};

export const SecretsExistAnswer = Envelope.extend(ofExisting).openapi("SecretsExist");
/** On the seed's paths these errors have no status code. */
const seedError = { error: z.literal(true), message: z.string() };
export const SeedSecretsExistAnswer = z.object({ ...seedError, ...ofExisting })
  .openapi("PlainSecretsExist");

const template = z.string().optional().describe(
  "Name of the credential template that was written with it",
);
const repository = z.string().optional().describe(
  "For a template of charts: name of a repository secret for exactly its URL, with the same credential",
);
const application_repo_url = z.string().describe("The `repoURL` to use in an Application");

const RepoResult = z.object({
  name: z.string(),
  url: z.string(),
  result: Applied,
  template,
  repository,
  application_repo_url,
}).openapi("RepoResult");

const repoAdded = {
  success: z.literal(true),
  cluster: z.string(),
  type: z.enum(["git", "helm", "oci"]),
  as: z.enum(["repository", "repo-creds"]),
  results: z.array(RepoResult),
};

export const RepoAddedAnswer = z.object({ ...repoAdded, ...more, message: z.string() })
  .openapi("RepoAdded");
export const RootRepoAddedAnswer = z.object({ ...repoAdded, ...moreAtRoot, message: z.string() })
  .openapi("RootRepoAdded");

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
    "Requested namespaces that do not have the secret",
  ),
  warnings: warningsField,
  dry_run,
  message: z.string(),
}).openapi("Removed");

const helmRepoAdded = {
  success: z.literal(true),
  cluster: z.string(),
  secret_name: z.string(),
  repository_url: z.string(),
  helm_secret_applied: Applied,
  template,
  application_repo_url,
};

export const HelmRepoAddedAnswer = z.object({ ...helmRepoAdded, ...more, message: z.string() })
  .openapi("HelmRepoAdded");
export const RootHelmRepoAddedAnswer = z.object({
  ...helmRepoAdded,
  ...moreAtRoot,
  message: z.string(),
}).openapi("RootHelmRepoAdded");

const helmReposAdded = {
  success: z.literal(true),
  cluster: z.string(),
  results: z.array(RepoResult),
};
const ofMany = { description: "The response if repository_urls was sent" };

export const HelmReposAddedAnswer = z.object({ ...helmReposAdded, ...more, message: z.string() })
  .openapi("HelmReposAdded", ofMany);
export const RootHelmReposAddedAnswer = z.object({
  ...helmReposAdded,
  ...moreAtRoot,
  message: z.string(),
}).openapi("RootHelmReposAdded", ofMany);

const ofExistingHelm = { existing_secret: Existing, upsert_required: z.literal(true) };

export const HelmRepoExistsAnswer = Envelope.extend(ofExistingHelm).openapi("HelmRepoExists");
export const SeedHelmRepoExistsAnswer = z.object({ ...seedError, ...ofExistingHelm })
  .openapi("PlainHelmRepoExists");
