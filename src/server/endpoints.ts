import type { Endpoint } from "./endpoint.ts";

/** All endpoints, as `GET /` shows them. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: "get",
    path: "/",
    role: "reader",
    summary: "What this server can do",
    load: () => import("./routes/index.ts"),
  },
  {
    method: "get",
    path: "/health",
    role: "anyone",
    summary: "Whether the server runs",
    load: () => import("./routes/health.ts"),
  },
  {
    method: "get",
    path: "/clusters",
    role: "reader",
    summary: "The clusters: names of the kubeconfigs in the clusters folder",
    load: () => import("./routes/clusters.ts"),
  },
  {
    method: "get",
    path: "/secrets",
    role: "reader",
    summary: "The credentials of a cluster, without their values; parameter: cluster",
    load: () => import("./routes/secrets.ts"),
  },
  {
    method: "delete",
    path: "/secrets",
    role: "writer",
    summary:
      "Delete a credential that this program wrote; parameters: cluster, name, namespaces, " +
      "force, dry_run",
    load: () => import("./routes/remove_secrets.ts"),
  },
  {
    method: "post",
    path: "/secrets/add_docker",
    role: "writer",
    summary: "Write a Docker registry credential into namespaces and Argo CD's",
    load: () => import("./routes/add_docker.ts"),
  },
  {
    method: "post",
    path: "/secrets/add_helm_repo",
    role: "writer",
    summary: "Write a Helm repository credential for Argo CD",
    load: () => import("./routes/add_helm_repo.ts"),
  },
  {
    method: "post",
    path: "/secrets/add_repo",
    role: "writer",
    summary: "Write a Git, Helm or OCI credential for Argo CD: a repository's or a template's",
    load: () => import("./routes/add_repo.ts"),
  },
  {
    method: "post",
    path: "/secrets/verify",
    role: "writer",
    summary: "Try a credential where it will be used, without writing it",
    load: () => import("./routes/verify.ts"),
  },
  {
    method: "get",
    path: "/secrets/{name}",
    role: "reader",
    summary: "One credential in all namespaces, without its values; parameters: cluster, namespace",
    load: () => import("./routes/secret.ts"),
  },
  {
    method: "get",
    path: "/audit",
    role: "admin",
    summary:
      "Who attempted to write what, newest first; parameters: cluster, name, since, until, limit",
    load: () => import("./routes/audit.ts"),
  },
  {
    method: "get",
    path: "/openapi.json",
    role: "reader",
    summary: "The OpenAPI 3.1 description of this API",
    load: () => import("./routes/openapi.ts"),
  },
];
