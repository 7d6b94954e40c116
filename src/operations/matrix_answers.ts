import { z } from "@hono/zod-openapi";
import { ROW_KINDS, ROW_STATES } from "../fleet/matrix/shapes.ts";
import { CheckStateAnswer } from "./check_answers.ts";
import { Envelope } from "./error_answers.ts";
import { ExpiryAnswer } from "./expiry_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The wire shapes of the matrix of credentials; their types are in `fleet/matrix/shapes.ts`. */

const identity = {
  id: z.string().openapi({
    description: "Made of what follows, the same in every answer",
    example: "docker/ghcr",
  }),
  kind: z.enum(ROW_KINDS),
  name: z.string().optional().describe("Of a pull secret"),
  url: z.string().optional().describe(
    "Of all others, as Argo CD compares URLs; user information and tokens are masked",
  ),
  project: z.string().optional().describe("Of a repository of an Argo CD project"),
  type: z.string().optional().openapi({ description: "Of a repository", example: "git" }),
};

const CheckAnswer = z.object({ state: CheckStateAnswer, at: z.iso.datetime() })
  .openapi("StoredCheck");

const secret = {
  namespace: z.string(),
  name: z.string(),
  fingerprints: z.record(z.string(), z.string()).optional().openapi({
    description:
      "Of each credential value in it, by Argo CD's key or by the registry; empty where it " +
      "holds none, absent where none was read or it cannot be understood",
    example: { "ghcr.io": "5b0c8f2e5b0c8f2e" },
  }),
  username: z.string().optional().describe("Masked when it looks like a token; several by commas"),
  usernames: z.record(z.string(), z.string()).optional().describe(
    "The same by registry, where not all of them have one user name",
  ),
  workload_identity: z.literal(true).optional().describe(
    "Argo CD uses the identity of its own pods for it, which is in no secret",
  ),
  managed: z.boolean().describe("Whether this program wrote it"),
  owner: z.string().nullable().describe("Another program that looks after it"),
  write: z.string().optional().describe("The write that made it what it is"),
  checks: z.record(z.string(), CheckAnswer).optional().describe(
    "What came of trying its credentials (`POST /checks`) within the last 24 hours, by the keys of " +
      "`fingerprints`; what is not there was not checked",
  ),
  expires: ExpiryAnswer.optional().describe("When the first of its credentials ends, where known"),
};

const finding = {
  code: z.string().openapi({ description: "It stays the same", example: "username_only" }),
  message: z.string(),
  remedy: z.string().optional().describe("What to do about it"),
};

const fingerprints_end = z.string().optional().describe(
  "Why fingerprints end with the process that made them; absent where they last",
);
const no_argocd = z.literal(true).optional().describe(
  "It has none, so no repository is missing there",
);
const not_seen = z.object({ docker: z.string(), argocd: z.string() }).partial().optional().describe(
  "Why pull secrets, or Argo CD's secrets, may be there that are not listed",
);
const warnings = z.array(z.string()).optional().describe("What could not be seen of it");
const secrets = z.array(z.object(secret).openapi("ColumnSecret"));

/** What a stream has of one cluster. */
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
    description: "Why it is unknown, in a word; `no_argocd` where nothing of Argo CD can be",
    example: "cluster_unreachable",
  }),
  group: z.string().optional().openapi({
    description:
      "Cells of one letter hold the same; `mixed` where the secrets of one cluster do not",
    example: "A",
  }),
  check: CheckAnswer.optional().describe(
    "The worst of the `checks` of its secrets; absent where none of them was checked",
  ),
  expires: ExpiryAnswer.optional().describe("When the first of its secrets ends, where known"),
  secrets: z.array(
    z.object({ ...secret, group: z.string().optional() }).openapi("CellSecret"),
  ),
}).openapi("Cell");

const Row = z.object({
  ...identity,
  state: z.enum(ROW_STATES).describe(
    "Over the cells that were seen: `differs`, else `partial` (absent somewhere), else `same`; " +
      "`not_compared` where nothing was fingerprinted, or none was seen",
  ),
  not_seen: z.int().describe("How many cells are unknown"),
  findings: z.array(z.object({ ...finding, cluster: z.string() }).openapi("RowFinding")),
  cells: z.record(z.string(), Cell).describe("By cluster, of which each has one"),
}).openapi("MatrixRow");

const Cluster = z.object({
  name: z.string(),
  status: z.string().openapi({
    description: "`success`, or why it was not seen",
    example: "success",
  }),
  message: z.string().optional().describe("Why it was not seen"),
  no_argocd,
  not_seen,
  transport: z.enum(["kubectl", "api"]).optional().describe("Transport used"),
  same_server_as: z.array(z.string()).optional().describe(
    "Others of the selection with the same API server: they are this one cluster",
  ),
  warnings,
}).openapi("MatrixCluster");

export const Matrix = z.object({
  clusters: z.array(Cluster).describe("Sorted by name"),
  credentials: z.array(Row).describe("Sorted by kind, then by what they are"),
  total: z.int().describe("How many rows there are"),
  fingerprints_end,
  ...ofWhole,
  ...ofNone,
}).openapi("Matrix");
