import { z } from "@hono/zod-openapi";
import { NOT_ASKED } from "./error_answers.ts";

/** The JSON of clusters. */

/** For the seed's path. */
export const SeedClusterList = z.object({
  clusters: z.array(z.string()),
  total: z.int(),
}).openapi("ClusterNames");

const verbs = (where: string) =>
  z.array(z.enum(["get", "list", "create", "update", "delete"])).describe(
    `Verbs that the kubeconfig's user may use ${where}`,
  );

const Rights = z.union([
  z.object({
    missing: z.array(z.string()).openapi({
      description:
        "Missing rights that lists, writes and deletions need; empty if nothing is missing",
      example: ["create, update, delete secrets in namespace 'argocd'"],
    }),
    limited: z.array(z.string()).openapi({
      description: "Missing rights that only some requests need",
      example: ["create namespaces: 'create_namespaces' will fail"],
    }),
    argocd_namespace: z.object({ namespace: z.string(), secrets: verbs("there") }).optional()
      .describe("Absent if the cluster has no Argo CD"),
    all_namespaces: z.object({
      secrets: verbs("in any namespace"),
      namespaces: verbs("on the cluster's namespaces"),
      service_accounts: verbs("in any namespace"),
    }),
  }),
  z.object({ unknown: z.string().describe("Why the rights are unknown") }),
]).openapi("ClusterRights");

const Check = z.object({
  reachable: z.boolean().describe(
    "Whether the API server answered, even if it refused the credential",
  ),
  status: z.enum(["success", ...NOT_ASKED]).describe("`success` if the credential is accepted"),
  version: z.string().optional().openapi({
    description: "The version of Kubernetes",
    example: "v1.35.4",
  }),
  argocd_version: z.string().optional().openapi({
    description: "From the image of Argo CD's deployments, else from their label " +
      "`app.kubernetes.io/version`. Absent without Argo CD, and if the deployments may not be listed; " +
      "`message` says so then",
    example: "v3.2.0",
  }),
  rights: Rights,
  credential_expires: z.iso.datetime().optional().describe(
    "Expiry of the client certificate, or `exp` of the token. For a credential plugin, present if " +
      "this server ran the plugin itself. Absent if unknown",
  ),
  clock_skew_seconds: z.int().optional().describe(
    "How far the API server's clock is ahead of this machine's. Absent with the transport kubectl, " +
      "which does not report it",
  ),
  message: z.string().optional().describe("What could not be determined, and why"),
}).openapi("ClusterCheck");

export type CheckAnswer = z.infer<typeof Check>;

const Cluster = z.object({
  name: z.string(),
  source: z.enum(["folder", "argocd"]).describe(
    "`folder`: a kubeconfig in the clusters folder",
  ),
  server: z.string().nullable().openapi({
    description:
      "URL of the API server, without user, query and what looks like a token; null if the " +
      "kubeconfig cannot be used",
    example: "https://10.0.0.1:6443",
  }),
  labels: z.record(z.string(), z.string()),
  usable: z.boolean().describe(
    "Whether the kubeconfig can be used; this does not connect to the cluster",
  ),
  reason: z.string().optional().describe("Why the kubeconfig cannot be used"),
  same_server_as: z.array(z.string()).optional().describe(
    "Other clusters with the same API server that the caller may see",
  ),
  transport: z.enum(["kubectl", "api"]).describe("Transport used"),
  warnings: z.array(z.string()).optional().describe(
    "Problems of the kubeconfig",
  ),
  check: Check.optional().describe(
    "Present with `check=true` if the kubeconfig can be used",
  ),
}).openapi("Cluster");

export type ClusterAnswer = z.infer<typeof Cluster>;

export const ClusterList = z.object({
  clusters: z.array(Cluster),
  total: z.int(),
  warnings: z.array(z.string()).optional().describe(
    "Warnings about the clusters folder as a whole; not shown to a token that is limited to some clusters",
  ),
}).openapi("Clusters");

export type ClusterListAnswer = z.infer<typeof ClusterList>;
