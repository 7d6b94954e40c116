import { z } from "@hono/zod-openapi";
import { ROW_KINDS, ROW_STATES } from "../fleet/matrix/shapes.ts";
import { CheckStateAnswer } from "./check_answers.ts";
import { Envelope } from "./error_answers.ts";
import { ExpiryAnswer } from "./secret_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The JSON of the credential matrix; its types are in `fleet/matrix/shapes.ts`. */

const identity = {
  id: z.string().openapi({
    description: "Built from the fields below, and the same in every response",
    example: "docker/ghcr",
  }),
  kind: z.enum(ROW_KINDS),
  name: z.string().optional().describe("Name of a pull secret"),
  url: z.string().optional().describe(
    "URL of any other credential, as Argo CD compares URLs; user information and tokens are masked",
  ),
  project: z.string().optional().describe("Argo CD project of a repository"),
  type: z.string().optional().openapi({ description: "Type of a repository", example: "git" }),
};

const CheckAnswer = z.object({ state: CheckStateAnswer, at: z.iso.datetime() })
  .openapi("StoredCheck");

const secret = {
  namespace: z.string(),
  name: z.string(),
  fingerprints: z.record(z.string(), z.string()).optional().openapi({
    description:
      "Fingerprint of each credential in the secret, by Argo CD's key or by registry. Empty if it has none; " +
      "absent if values were not read or cannot be parsed",
    example: { "ghcr.io": "5b0c8f2e5b0c8f2e" },
  }),
  username: z.string().optional().describe(
    "Masked if it looks like a token; comma-separated if there are several",
  ),
  usernames: z.record(z.string(), z.string()).optional().describe(
    "User names by registry, if they differ",
  ),
  workload_identity: z.literal(true).optional().describe(
    "Argo CD uses the identity of its own pods, which no secret holds",
  ),
  managed: z.boolean().describe("Whether argocd-configurer wrote the secret"),
  owner: z.string().nullable().describe("Another tool that manages the secret"),
  write: z.string().optional().describe("ID of the last write"),
  checks: z.record(z.string(), CheckAnswer).optional().describe(
    "Results of verifying its credentials (`POST /api/v1/checks`) within the last 24 hours, by the keys of " +
      "`fingerprints`; absent keys were not checked",
  ),
  expires: ExpiryAnswer.optional().describe("The earliest expiry of its credentials, if known"),
};

const finding = {
  code: z.string().openapi({ description: "Codes never change", example: "username_only" }),
  message: z.string(),
  remedy: z.string().optional().describe("What to do about it"),
};

const fingerprints_end = z.string().optional().describe(
  "Why fingerprints are only comparable until the server stops; absent if they are persistent",
);
const no_argocd = z.literal(true).optional().describe(
  "The cluster has no Argo CD, so no repository is missing there",
);
const not_seen = z.object({ docker: z.string(), argocd: z.string() }).partial().optional().describe(
  "Why the list of pull secrets, or of Argo CD's secrets, may be incomplete",
);
const warnings = z.array(z.string()).optional().describe("What could not be read");
const secrets = z.array(z.object(secret).openapi("ColumnSecret"));

/** One cluster of a stream. */
const ColumnSchema = z.object({
  cluster: z.string(),
  status: z.literal("success"),
  credentials: z.array(
    z.object({
      ...identity,
      secrets,
      findings: z.array(z.object(finding).openapi("Finding")).optional(),
    }).openapi("ColumnRow"),
  ),
  not_seen,
  no_argocd,
  warnings,
  fingerprints_end,
}).openapi("Column");

export const MatrixEventLine = eventLineOf(z.union([ColumnSchema, Envelope]))
  .openapi("CredentialsEvent");

const Cell = z.object({
  state: z.enum(["present", "absent", "unknown"]),
  reason: z.string().optional().openapi({
    description: "Why the cell is unknown; `no_argocd` if the cluster has no Argo CD",
    example: "cluster_unreachable",
  }),
  group: z.string().optional().openapi({
    description:
      "Cells with the same letter hold equal credentials; `mixed` if the secrets of one cluster differ",
    example: "A",
  }),
  check: CheckAnswer.optional().describe(
    "The worst of the `checks` of its secrets; absent if none was checked",
  ),
  expires: ExpiryAnswer.optional().describe("The earliest expiry of its secrets, if known"),
  secrets: z.array(
    z.object({ ...secret, group: z.string().optional() }).openapi("CellSecret"),
  ),
}).openapi("Cell");

const Row = z.object({
  ...identity,
  state: z.enum(ROW_STATES).describe(
    "Of the cells that were read: `differs`, else `partial` (absent somewhere), else `same`; " +
      "`not_compared` if there are no fingerprints, or no cell was read",
  ),
  not_seen: z.int().describe("Number of unknown cells"),
  findings: z.array(z.object({ ...finding, cluster: z.string() }).openapi("RowFinding")),
  cells: z.record(z.string(), Cell).describe("One per cluster, by its name"),
}).openapi("MatrixRow");

const Cluster = z.object({
  name: z.string(),
  status: z.string().openapi({
    description: "`success`, or why the cluster was not read",
    example: "success",
  }),
  message: z.string().optional().describe("Why the cluster was not read"),
  no_argocd,
  not_seen,
  transport: z.enum(["kubectl", "api"]).optional().describe("Transport used"),
  same_server_as: z.array(z.string()).optional().describe(
    "Other selected clusters with the same API server: they are the same cluster",
  ),
  warnings,
}).openapi("MatrixCluster");

export const Matrix = z.object({
  clusters: z.array(Cluster).describe("Sorted by name"),
  credentials: z.array(Row).describe("Sorted by kind, then by name or URL"),
  total: z.int().describe("Number of rows"),
  fingerprints_end,
  ...ofWhole,
  ...ofNone,
}).openapi("Matrix");
