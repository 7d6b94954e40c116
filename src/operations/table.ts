import type { Operation, OperationModule } from "./operation.ts";

/** Imports a module once, at its first use: a dynamic import in each call would make it 1 % slower. */
function once(load: () => Promise<OperationModule>): Operation["load"] {
  let loaded: Promise<OperationModule> | undefined;
  return () =>
    loaded ??= import("../fields/extend_zod.ts").then(load).catch((error) => {
      loaded = undefined; // the next call tries again
      throw error;
    });
}

/** Parameters that select clusters. */
const SELECTING = ["cluster", "clusters", "cluster_selector"] as const;

const READ = { role: "reader", effect: "read", clusters: "none", method: "get" } as const;

const WRITE = {
  tag: "secrets",
  role: "writer",
  effect: "write",
  clusters: "each",
  method: "post",
} as const;

/**
 * All operations. Routes, OpenAPI, `GET /` and commands derive from this table; the input of an operation, and
 * what it does, are in its module.
 */
export const OPERATIONS: readonly Operation[] = [
  {
    name: "getIndex",
    ...READ,
    tag: "server",
    path: "",
    root: { path: "/", isSeed: true },
    summary: "List the endpoints of this server",
    load: once(() => import("./index.ts")),
  },
  {
    name: "getHealth",
    ...READ,
    tag: "server",
    role: "anyone",
    path: "/health",
    root: { path: "/health", isSeed: true },
    summary: "Check whether the server is running",
    load: once(() => import("./health.ts")),
  },
  {
    name: "listClusters",
    ...READ,
    tag: "clusters",
    path: "/clusters",
    root: { path: "/clusters", isSeed: true, parameters: [] },
    parameters: ["clusters", "cluster_selector", "check"],
    summary: "List the clusters: names of the kubeconfigs in the clusters folder",
    command: { words: ["clusters"], brief: "List the clusters" },
    alsoBy: [{
      words: ["clusters", "check"],
      brief: "Check the connectivity, version and permissions of clusters",
      input: { check: true },
      eachBy: "clusters",
    }],
    load: once(() => import("./list_clusters.ts")),
  },
  {
    name: "listSecrets",
    ...READ,
    tag: "secrets",
    clusters: "each",
    path: "/secrets",
    root: { path: "/secrets", isSeed: true, parameters: ["cluster"] },
    summary: "List the credentials of a cluster, without their values",
    parameters: [...SELECTING, "namespace", "username", "registry", "url_prefix"],
    command: {
      words: ["secrets"],
      brief: "List the credentials of clusters, without their values",
    },
    load: once(() => import("./list_secrets.ts")),
  },
  {
    name: "deleteSecret",
    ...WRITE,
    method: "delete",
    path: "/secrets",
    root: {
      path: "/secrets",
      parameters: ["cluster", "name", "namespaces", "force", "dry_run"],
    },
    summary: "Delete a credential that argocd-configurer wrote",
    parameters: [
      ...SELECTING,
      "first",
      "max_failures",
      "name",
      "namespaces",
      "force",
      "dry_run",
    ],
    command: { words: ["delete"], brief: "Delete a credential managed by argocd-configurer" },
    load: once(() => import("./delete_secret.ts")),
  },
  {
    name: "addDocker",
    ...WRITE,
    path: "/docker",
    root: { path: "/secrets/add_docker", isSeed: true },
    summary: "Write a pull secret for Docker registries to namespaces, and to Argo CD's namespace",
    command: {
      words: ["docker", "add"],
      brief: "Add a pull secret to namespaces, and to Argo CD's namespace",
      group: "Add image pull secrets",
    },
    load: once(() => import("./add_docker.ts")),
  },
  {
    name: "addHelmRepo",
    ...WRITE,
    path: "/helm_repositories",
    root: { path: "/secrets/add_helm_repo", isSeed: true },
    summary: "Write a Helm repository credential for Argo CD",
    load: once(() => import("./add_helm_repo.ts")),
  },
  {
    name: "addRepo",
    ...WRITE,
    path: "/repositories",
    root: { path: "/secrets/add_repo" },
    summary:
      "Write a Git, Helm or OCI repository credential, or a credential template, for Argo CD",
    command: {
      words: ["repo", "add"],
      brief: "Add an Argo CD credential for Git, Helm or OCI repositories",
      group: "Add Argo CD repository credentials",
    },
    load: once(() => import("./add_repo.ts")),
  },
  {
    name: "verifyCredential",
    ...WRITE,
    effect: "try",
    clusters: "none",
    path: "/verifications",
    root: { path: "/secrets/verify" },
    summary: "Verify a credential where it will be used, without writing it",
    command: {
      words: ["verify"],
      brief: "Verify a credential at its registry or repository; writes nothing",
    },
    load: once(() => import("./verify_credential.ts")),
  },
  {
    name: "getSecret",
    ...READ,
    tag: "secrets",
    clusters: "each",
    path: "/secrets/{name}",
    root: { path: "/secrets/{name}", parameters: ["cluster", "namespace"] },
    summary: "Show one credential in all namespaces, without its values",
    parameters: [...SELECTING, "namespace"],
    command: { words: ["secrets"], brief: "Show one credential in all namespaces" },
    load: once(() => import("./show_secret.ts")),
  },
  {
    name: "listCredentials",
    ...READ,
    tag: "secrets",
    clusters: "many",
    path: "/credentials",
    summary: "Compare the credentials of all clusters: what differs, and what is missing where",
    parameters: [
      "clusters",
      "cluster_selector",
      "kind",
      "state",
      "q",
      "owner",
      "expires_within",
      "everywhere",
      "fingerprints",
    ],
    command: {
      words: ["fleet"],
      brief: "Compare credentials across clusters: what differs, what is missing",
    },
    alsoBy: [{
      words: ["expiring"],
      brief: "List credentials that expire soon or have expired, on all clusters",
      input: {},
    }],
    load: once(() => import("./list_credentials.ts")),
  },
  {
    name: "findCredential",
    ...WRITE,
    effect: "try",
    clusters: "many",
    path: "/credentials/find",
    summary: "Find every place where a credential is stored, on all clusters",
    command: {
      words: ["find"],
      brief: "Find where a credential is stored, by value or fingerprint",
    },
    load: once(() => import("./find_credential.ts")),
  },
  {
    name: "checkCredentials",
    ...WRITE,
    effect: "try",
    clusters: "many",
    path: "/checks",
    summary:
      "Verify the stored credentials where they are used, each distinct value and place once",
    command: {
      words: ["check"],
      brief: "Verify stored credentials where they are used; writes nothing",
    },
    load: once(() => import("./check_credentials.ts")),
  },
  {
    name: "explain",
    ...READ,
    tag: "secrets",
    clusters: "one",
    path: "/explain",
    summary: "Explain which secret Argo CD uses for a repoURL, or the kubelet for an image",
    parameters: ["cluster", "url", "project", "image", "namespace", "service_account"],
    command: {
      words: ["explain"],
      brief: "Explain which secret Argo CD uses for a repoURL, or the kubelet for an image",
    },
    load: once(() => import("./explain.ts")),
  },
  {
    name: "rotateCredential",
    ...WRITE,
    clusters: "many",
    path: "/rotations",
    summary:
      "Replace a credential everywhere it is stored: verified first, resumable, with proof that the old one is gone",
    command: {
      words: ["rotate"],
      brief: "Replace a credential everywhere, and prove that the old one is gone",
    },
    load: once(() => import("./rotate.ts")),
  },
  {
    name: "showRotation",
    ...READ,
    tag: "secrets",
    path: "/rotations/{id}",
    summary: "Show the progress or the result of a rotation",
    readsAuditLog: true,
    command: { words: ["rotations"], brief: "Show the progress or the result of a rotation" },
    load: once(() => import("./show_rotation.ts")),
  },
  {
    name: "listAuditEntries",
    ...READ,
    tag: "audit",
    role: "admin",
    path: "/audit",
    root: { path: "/audit" },
    summary: "List who attempted to write what, newest first",
    parameters: ["cluster", "name", "since", "until", "credential", "rotation", "limit"],
    command: {
      words: ["audit"],
      brief: "Show the audit log: who attempted to write what, newest first",
    },
    load: once(() => import("./list_audit_entries.ts")),
  },
  {
    name: "getOpenApi",
    ...READ,
    tag: "server",
    path: "/openapi.json",
    root: { path: "/openapi.json" },
    summary: "Get the OpenAPI 3.1 description of this API",
    load: once(() => import("./openapi.ts")),
  },
];

/** @throws if there is no operation of this name */
export function operationNamed(name: string): Operation {
  const named = OPERATIONS.find((each) => each.name === name);
  if (named === undefined) throw new Error(`There is no operation ${name}`);
  return named;
}
