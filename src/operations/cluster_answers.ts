import { z } from "@hono/zod-openapi";
import { NOT_ASKED } from "./error_answers.ts";

/** The wire shapes of clusters. */

/** On the seed's path. */
export const SeedClusterList = z.object({
  clusters: z.array(z.string()),
  total: z.int(),
}).openapi("ClusterNames");

const verbs = (where: string) =>
  z.array(z.enum(["get", "list", "create", "update", "delete"])).describe(
    `What the kubeconfig's user may do with them ${where}`,
  );

const Rights = z.union([
  z.object({
    missing: z.array(z.string()).openapi({
      description: "What will fail for want of a right, a clause each; empty where all that " +
        "every list, write and deletion needs is there",
      example: ["create, update, delete secrets in namespace 'argocd'"],
    }),
    limited: z.array(z.string()).openapi({
      description: "What only some requests need, and is not there",
      example: ["create namespaces: 'create_namespaces' will fail"],
    }),
    argocd_namespace: z.object({ namespace: z.string(), secrets: verbs("there") }).optional()
      .describe("Absent where the cluster has no Argo CD"),
    all_namespaces: z.object({
      secrets: verbs("in any namespace"),
      namespaces: verbs("of the cluster"),
      service_accounts: verbs("in any namespace"),
    }),
  }),
  z.object({ unknown: z.string().describe("Why they are not known") }),
]).openapi("ClusterRights");

const Check = z.object({
  reachable: z.boolean().describe(
    "Whether the API server has answered, even if it refuses the credential",
  ),
  status: z.enum(["success", ...NOT_ASKED]).describe("`success` when the credential is accepted"),
  version: z.string().optional().openapi({
    description: "Of Kubernetes",
    example: "v1.35.4",
  }),
  argocd_version: z.string().optional().openapi({
    description: "By the image of its deployments, else their label `app.kubernetes.io/version`; " +
      "absent where there is no Argo CD, and where they may not be listed, as `message` says then",
    example: "v3.2.0",
  }),
  rights: Rights,
  credential_expires: z.iso.datetime().optional().describe(
    "End of the client certificate, or `exp` of the token. Of a credential plugin it is known where " +
      "this server has run that itself; absent where nothing says it",
  ),
  clock_skew_seconds: z.int().optional().describe(
    "How far the API server's clock is ahead of this machine's. Absent with the transport kubectl, " +
      "which does not tell it",
  ),
  message: z.string().optional().describe("What could not be found out, and why"),
}).openapi("ClusterCheck");

export type CheckAnswer = z.infer<typeof Check>;

const Cluster = z.object({
  name: z.string(),
  source: z.enum(["folder", "argocd"]).describe(
    "`folder`: a kubeconfig in the folder of clusters",
  ),
  server: z.string().nullable().openapi({
    description: "URL of the API server, without user, query and what looks like a token; null " +
      "where the kubeconfig cannot be used",
    example: "https://10.0.0.1:6443",
  }),
  labels: z.record(z.string(), z.string()),
  usable: z.boolean().describe("Whether its kubeconfig can be used; no cluster is asked for that"),
  reason: z.string().optional().describe("Why it cannot"),
  same_server_as: z.array(z.string()).optional().describe(
    "Other clusters with the same API server, of those that the caller may see",
  ),
  transport: z.enum(["kubectl", "api"]).describe("Transport used"),
  warnings: z.array(z.string()).optional().describe(
    "What should be otherwise about its kubeconfig",
  ),
  check: Check.optional().describe(
    "With `check=true`; one whose kubeconfig cannot be used is not asked",
  ),
}).openapi("Cluster");

export type ClusterAnswer = z.infer<typeof Cluster>;

export const ClusterList = z.object({
  clusters: z.array(Cluster),
  total: z.int(),
  warnings: z.array(z.string()).optional().describe(
    "About the folder of clusters as a whole; not shown to a token that is for some clusters only",
  ),
}).openapi("Clusters");

export type ClusterListAnswer = z.infer<typeof ClusterList>;
