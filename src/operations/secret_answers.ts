import { z } from "@hono/zod-openapi";
import { EXPIRY_SOURCES } from "../credentials/expiry/expiry.ts";
import { Envelope, NOT_ASKED } from "./error_answers.ts";

/** The JSON of stored secrets, in a list and one by one. */

/** When a credential expires, and how that is known; its type is in `credentials/expiry/expiry.ts`. */
export const ExpiryAnswer = z.object({
  at: z.iso.datetime().openapi({ example: "2027-01-31T00:00:00.000Z" }),
  source: z.enum(EXPIRY_SOURCES).describe(
    "`issuer`: reported by the issuer at the last check. `value`: part of the value. `hint`: part of the " +
      "value, but undocumented (Amazon ECR). `declared`: set by `expires` of a write, or by the annotation " +
      "`argocd-configurer.io/expires`",
  ),
}).openapi("Expiry");

export const labelsField = z.record(z.string(), z.string());

export const warningsField = z.array(z.string()).optional().describe(
  "What could not be read, or was left unchanged",
);

const Secret = z.object({
  name: z.string(),
  namespace: z.string(),
  labels: labelsField,
  type: z.string().openapi({ description: "The type of the Kubernetes secret", example: "Opaque" }),
  creation_timestamp: z.string().openapi({ example: "2026-01-31T10:00:00Z" }),
  expires: ExpiryAnswer.optional().describe(
    "Below `/api/v1`: when the credential expires, if declared; for a single secret also if its values show it",
  ),
}).openapi("Secret");

const RepositorySecret = Secret.extend({
  repository_url: z.string().describe("User information in the URL is masked"),
  repository_name: z.string().describe("The name in Argo CD; empty if there is none"),
  repository_type: z.string().describe("`git`, `helm` or `oci`, as stored"),
  username: z.string().describe("Masked if it looks like a token; empty if there is none"),
  enable_oci: z.boolean().describe("Whether Helm charts are OCI artifacts"),
  note: z.string().optional().describe("Present if Argo CD ignores the secret"),
}).openapi("RepositorySecret");

const ShownLogin = z.object({ registry: z.string(), username: z.string().optional() })
  .openapi("ShownLogin");

const DockerSecret = Secret.extend({
  registries: z.array(ShownLogin).optional().describe(
    "The registries of the secret; present if the list is filtered by `username` or `registry`",
  ),
}).openapi("DockerSecret");

export type DockerSecretAnswer = z.infer<typeof DockerSecret>;
export type SecretAnswer = z.infer<typeof Secret>;
export type RepositorySecretAnswer = z.infer<typeof RepositorySecret>;

export const Secrets = z.object({
  cluster: z.string(),
  repo_creds_secrets: z.array(RepositorySecret).describe("Argo CD's credential templates"),
  docker_creds_secrets: z.array(DockerSecret).describe(
    "Secrets with one of the configured docker labels, in any namespace",
  ),
  helm_creds_secrets: z.array(RepositorySecret).describe(
    "Argo CD's repositories of type helm, and secrets with the label `helm-repo-creds`",
  ),
  repository_secrets: z.array(RepositorySecret).describe("Argo CD's repositories of all types"),
  total_repo_creds: z.int(),
  total_docker_creds: z.int(),
  total_helm_creds: z.int(),
  status: z.enum(["success", ...NOT_ASKED]),
  message: z.string().optional().describe("Why the cluster could not be queried"),
  warnings: warningsField,
}).openapi("Secrets");

export type SecretsAnswer = z.infer<typeof Secrets>;

/** The error of a cluster that could not be queried; the seed's path omits the fields of an error. */
export const SecretsFailed = Envelope.extend({
  ...Secrets.shape,
  status: z.enum(NOT_ASKED),
  message: z.string(),
}).openapi("SecretsFailed");

const shownSecret = {
  ...Secret.shape,
  project: z.string().optional().describe("The Argo CD project"),
  credentials: z.array(z.string()).optional().describe("Kinds of credential in the secret"),
  registries: z.array(ShownLogin).optional().describe("The registries of a pull secret"),
  keys: z.array(z.object({ key: z.string(), bytes: z.int() }).openapi("SecretKey")).describe(
    "Keys of the data, and the length of each value",
  ),
  immutable: z.boolean(),
  managed: z.boolean().describe("Whether argocd-configurer wrote the secret"),
  write: z.string().nullable().describe("ID of the last write"),
  owner: z.string().nullable().describe("Another tool that manages the secret"),
};

const dataFingerprint = z.string().nullable().describe(
  "Equal for equal data; null if it cannot be computed",
);

/** Secrets of one name, with their fingerprints. */
const shownAnswer = <Shape extends z.ZodRawShape>(prefix: string, fingerprints: Shape) => ({
  cluster: z.string(),
  name: z.string(),
  secrets: z.array(
    Secret.extend(RepositorySecret.partial().shape).extend({ ...shownSecret, ...fingerprints })
      .openapi(`${prefix}ShownSecret`),
  ),
  total: z.int(),
  warnings: warningsField,
  status: z.literal("success"),
});

export const ShownAnswer = z.object({
  ...shownAnswer("", {
    data_fingerprint: dataFingerprint,
    fingerprints: z.record(z.string(), z.string()).describe(
      "The fingerprint of each credential in the secret, by Argo CD's key or by registry: equal for equal " +
        "credentials, in every secret and in the audit log",
    ),
  }),
  fingerprints_end: z.string().optional().describe(
    "Why fingerprints are only comparable until the server stops; absent if they are persistent",
  ),
}).openapi("Shown");

/** At the root, as before the API had versions. */
export const RootShownAnswer = z.object(shownAnswer("Root", { fingerprint: dataFingerprint }))
  .openapi("RootShown");
