import type { Operation, OperationModule } from "./operation.ts";

/** Imports a module when it is first asked for: to ask the runtime each time costs a call a hundredth. */
function once(load: () => Promise<OperationModule>): Operation["load"] {
  let loaded: Promise<OperationModule> | undefined;
  return () =>
    loaded ??= import("../fields/extend_zod.ts").then(load).catch((error) => {
      loaded = undefined; // the next call tries again
      throw error;
    });
}

/** Parameters that say which clusters are meant. */
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
 * All that the program can do. Routes, OpenAPI, `GET /` and commands derive from it; what they need to know of an
 * operation is here, and what it takes and does is in its module.
 */
export const OPERATIONS: readonly Operation[] = [
  {
    name: "getIndex",
    ...READ,
    tag: "server",
    path: "",
    root: { path: "/", isSeed: true },
    summary: "What this server can do",
    load: once(() => import("./index.ts")),
  },
  {
    name: "getHealth",
    ...READ,
    tag: "server",
    role: "anyone",
    path: "/health",
    root: { path: "/health", isSeed: true },
    summary: "Whether the server runs",
    load: once(() => import("./health.ts")),
  },
  {
    name: "listClusters",
    ...READ,
    tag: "clusters",
    path: "/clusters",
    root: { path: "/clusters", isSeed: true, parameters: [] },
    parameters: ["clusters", "cluster_selector", "check"],
    summary: "The clusters: names of the kubeconfigs in the clusters folder",
    command: { words: ["clusters"], brief: "Show the clusters" },
    alsoBy: [{
      words: ["clusters", "check"],
      brief: "Check that clusters answer, and what their kubeconfigs may do there",
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
    summary: "The credentials of a cluster, without their values",
    parameters: [...SELECTING, "namespace", "username", "registry", "url_prefix"],
    command: {
      words: ["secrets"],
      brief: "Show the credentials of clusters, without their values",
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
    summary: "Delete a credential that this program wrote",
    parameters: [
      ...SELECTING,
      "first",
      "max_failures",
      "name",
      "namespaces",
      "force",
      "dry_run",
    ],
    command: { words: ["delete"], brief: "Delete a credential that this program wrote" },
    load: once(() => import("./delete_secret.ts")),
  },
  {
    name: "addDocker",
    ...WRITE,
    path: "/docker",
    root: { path: "/secrets/add_docker", isSeed: true },
    summary: "Write a Docker registry credential into namespaces and Argo CD's",
    command: {
      words: ["docker", "add"],
      brief: "Write a pull secret into namespaces, and into Argo CD's",
      group: "Write pull secrets of Docker registries",
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
    summary: "Write a Git, Helm or OCI credential for Argo CD: a repository's or a template's",
    command: {
      words: ["repo", "add"],
      brief: "Write a credential of Git, Helm or OCI repositories for Argo CD",
      group: "Write credentials of repositories",
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
    summary: "Try a credential where it will be used, without writing it",
    command: {
      words: ["verify"],
      brief: "Try a credential where it would be used, and write nothing",
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
    summary: "One credential in all namespaces, without its values",
    parameters: [...SELECTING, "namespace"],
    command: { words: ["secrets"], brief: "One credential in all namespaces" },
    load: once(() => import("./show_secret.ts")),
  },
  {
    name: "listCredentials",
    ...READ,
    tag: "secrets",
    clusters: "many",
    path: "/credentials",
    summary:
      "The credentials of all clusters side by side: what differs, and what is missing where",
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
      brief: "Compare the credentials of clusters: what differs, and what is missing where",
    },
    alsoBy: [{
      words: ["expiring"],
      brief: "Show the credentials that expire soon, on all clusters",
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
    summary: "Where one credential stands, on all clusters",
    command: {
      words: ["find"],
      brief: "Find every place that a credential is stored in, by its value or fingerprint",
    },
    load: once(() => import("./find_credential.ts")),
  },
  {
    name: "checkCredentials",
    ...WRITE,
    effect: "try",
    clusters: "many",
    path: "/checks",
    summary: "Try what is stored where it is used, each distinct value and place once",
    command: {
      words: ["check"],
      brief: "Try the stored credentials where they are used, and write nothing",
    },
    load: once(() => import("./check_credentials.ts")),
  },
  {
    name: "explain",
    ...READ,
    tag: "secrets",
    clusters: "one",
    path: "/explain",
    summary: "Which secret Argo CD uses for a repoURL, or kubelet for an image, and why",
    parameters: ["cluster", "url", "project", "image", "namespace", "service_account"],
    command: {
      words: ["explain"],
      brief: "Explain which secret Argo CD uses for a repoURL, or kubelet for an image",
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
      brief: "Replace a credential everywhere it is stored, and prove that the old one is gone",
    },
    load: once(() => import("./rotate.ts")),
  },
  {
    name: "showRotation",
    ...READ,
    tag: "secrets",
    path: "/rotations/{id}",
    summary: "How far a rotation is, or what came of it",
    readsAuditLog: true,
    command: { words: ["rotations"], brief: "Show how far a rotation is, or what came of it" },
    load: once(() => import("./show_rotation.ts")),
  },
  {
    name: "listAuditEntries",
    ...READ,
    tag: "audit",
    role: "admin",
    path: "/audit",
    root: { path: "/audit" },
    summary: "Who attempted to write what, newest first",
    parameters: ["cluster", "name", "since", "until", "credential", "rotation", "limit"],
    command: { words: ["audit"], brief: "Show who attempted to write what, newest first" },
    load: once(() => import("./list_audit_entries.ts")),
  },
  {
    name: "getOpenApi",
    ...READ,
    tag: "server",
    path: "/openapi.json",
    root: { path: "/openapi.json" },
    summary: "The OpenAPI 3.1 description of this API",
    load: once(() => import("./openapi.ts")),
  },
];

/** The one of that name. */
export function operationNamed(name: string): Operation {
  const named = OPERATIONS.find((each) => each.name === name);
  if (named === undefined) throw new Error(`There is no operation ${name}`);
  return named;
}
