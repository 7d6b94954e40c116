import assert from "node:assert/strict";
import { KubeError } from "../../../src/kube/errors.ts";
import { clusterField } from "../../../src/operations/face.ts";
import type { StageOptions } from "../stage.ts";
import { CANARY, get, HELM_BODY, post, type Row, testsOf } from "../support.ts";

/** A cluster without Argo CD, and one with Argo CD in another namespace. */

const SPOKE: StageOptions = { argocdNamespace: null };
const GITOPS: StageOptions = { argocdNamespace: "gitops" };

const NAME = "pull";

type Face = "v1" | "root";

const inFace = (face: Face, body: Record<string, unknown>) => ({
  ...body,
  [clusterField(face)]: "test-cluster",
});

const docker = (face: Face, more: object = {}) =>
  post(
    face === "v1" ? "/api/v1/docker" : "/secrets/add_docker",
    inFace(face, {
      ...{ name: NAME, username: "bot", password: CANARY, namespaces: ["default"] },
      ...more,
    }),
  );

const repo = (face: Face, more: object = {}) =>
  post(
    face === "v1" ? "/api/v1/repositories" : "/secrets/add_repo",
    inFace(face, {
      ...{ name: "charts", type: "helm", url: "https://charts.example.com" },
      ...{ username: "bot", password: CANARY },
      ...more,
    }),
  );

const LABEL = "argocd-configurer.io/argocd-namespace: none in clusters/labels.yaml";
const NO_ARGOCD = new RegExp(
  `^Cluster 'test-cluster' has no Argo CD \\(label ${LABEL}\\)\\. Leave the cluster out, or set the ` +
    "label to Argo CD's namespace$",
);

const withoutArgocd: Row["before"] = ({ cluster }) => void cluster.namespaces.delete("argocd");

function rowsOf(face: Face): Row[] {
  const field = clusterField(face);
  const told = (more: object) => ({ told: { code: "no_argocd", ...more } });
  const list = face === "v1" ? "/api/v1/secrets" : "/secrets";
  return [
    {
      name: `${face}: without Argo CD a pull secret goes only to the requested namespaces`,
      options: SPOKE,
      before: withoutArgocd,
      request: () => docker(face, { namespaces: ["default", "kube-system"] }),
      status: 200,
      after({ cluster }, body) {
        const { namespaces, message } = body as { namespaces: string[]; message: string };
        assert.deepEqual(namespaces, ["default", "kube-system"]);
        assert.equal(message, "Docker registry secrets created successfully in 2 namespace(s)");
        assert.deepEqual([...cluster.secrets.keys()], ["default/pull", "kube-system/pull"]);
      },
    },
    {
      name: `${face}: without Argo CD a namespace named argocd is an ordinary namespace`,
      options: SPOKE,
      request: () => docker(face, { namespaces: ["argocd"] }),
      status: 200,
      after: ({ cluster }) => assert.deepEqual([...cluster.secrets.keys()], ["argocd/pull"]),
    },
    {
      name: `${face}: without Argo CD create_namespaces does not create Argo CD's namespace`,
      options: SPOKE,
      before: withoutArgocd,
      request: () => docker(face, { namespaces: ["new"], create_namespaces: true }),
      status: 200,
      after({ cluster }, body) {
        assert.deepEqual((body as { namespaces_created: string[] }).namespaces_created, ["new"]);
        assert.equal((body as { hint?: string }).hint, undefined);
        assert.ok(!cluster.namespaces.has("argocd"));
      },
    },
    {
      name: `${face}: without Argo CD all_namespaces includes a namespace named argocd`,
      options: SPOKE,
      request: () => docker(face, { namespaces: undefined, all_namespaces: true }),
      status: 200,
      after: (_, body) =>
        assert.deepEqual((body as { namespaces: string[] }).namespaces, [
          "argocd",
          "default",
          "kube-system",
        ]),
    },
    {
      name: `${face}: without Argo CD a dry run lists the same namespaces and writes nothing`,
      options: SPOKE,
      before: withoutArgocd,
      request: () => docker(face, { dry_run: true }),
      status: 200,
      changes: false,
      after: (_, body) =>
        assert.deepEqual((body as { namespaces: string[] }).namespaces, ["default"]),
    },
    {
      name: `${face}: without Argo CD git_write_back is rejected before the cluster is contacted`,
      options: SPOKE,
      request: () => docker(face, { git_write_back: true }),
      status: 422,
      body:
        /^Cluster 'test-cluster' has no Argo CD .*\. Leave out 'git_write_back' for this cluster$/,
      ...(face === "v1"
        ? told({ field: "git_write_back", remedy: { git_write_back: false } })
        : {}),
      asks: false,
      changes: false,
    },
    ...([["a repository", {}], ["a template", { as: "repo-creds" }], [
      "a repository with verify",
      { verify: true },
    ]] as const).map(([what, more]): Row => ({
      name: `${face}: without Argo CD ${what} is rejected before the cluster is contacted`,
      options: {
        ...SPOKE,
        verifyOne: () => assert.fail("the credential was verified"),
      },
      request: () => repo(face, more),
      status: 422,
      body: NO_ARGOCD,
      ...told({ field }),
      asks: false,
      changes: false,
    })),
    {
      name: `${face}: without Argo CD only the list of docker secrets has entries`,
      options: SPOKE,
      before({ cluster }) {
        const repository = { "argocd.argoproj.io/secret-type": "repository" };
        cluster.put({ namespace: "argocd", name: "left-over", labels: repository });
        const docker = { "jjo.finance/secret-type": "docker-creds" };
        cluster.put({ namespace: "default", name: NAME, labels: docker });
      },
      request: () => get(`${list}?cluster=test-cluster`),
      status: 200,
      after(_, body) {
        const lists = body as Record<string, unknown>;
        assert.deepEqual(
          Object.entries(lists).filter(([key]) => /_secrets$/.test(key))
            .map(([key, value]) => [key, (value as unknown[]).length]),
          [
            ["repo_creds_secrets", 0],
            ["docker_creds_secrets", 1],
            ["helm_creds_secrets", 0],
            ["repository_secrets", 0],
          ],
        );
        assert.deepEqual([lists.status, lists.warnings], ["success", undefined]);
      },
    },
    {
      name:
        `${face}: without Argo CD and without the right to list everywhere its namespace is not searched`,
      options: SPOKE,
      before({ cluster }) {
        // One per docker label, and none for Argo CD's.
        cluster.fault = ({ index }) =>
          index < 2 ? { kind: "throw", error: "forbidden" } : undefined;
      },
      request: () => get(`${list}?cluster=test-cluster`),
      status: 200,
      after: (_, body) =>
        assert.match(
          (body as { warnings: string[] }).warnings[0]!,
          /only namespaces kube-system, default were searched for docker secrets$/,
        ),
    },
    {
      name: `${face}: Argo CD's secrets go to the namespace set by the cluster's label`,
      options: GITOPS,
      before: ({ cluster }) => void cluster.namespaces.set("gitops", "Active"),
      request: () => docker(face),
      status: 200,
      after: ({ cluster }) =>
        assert.deepEqual([...cluster.secrets.keys()], ["default/pull", "gitops/pull"]),
    },
    {
      name: `${face}: the namespace set by the cluster's label is prohibited in 'namespaces'`,
      options: GITOPS,
      request: () => docker(face, { namespaces: ["gitops"] }),
      status: 400,
      body: /^Field 'namespaces' must not name 'gitops': the secret is written there anyway$/,
      asks: false,
      changes: false,
    },
    {
      name: `${face}: a repository goes to the namespace set by the cluster's label`,
      options: GITOPS,
      before: ({ cluster }) => void cluster.namespaces.set("gitops", "Active"),
      request: () => repo(face),
      status: 200,
      after: ({ cluster }) => assert.deepEqual([...cluster.secrets.keys()], ["gitops/charts"]),
    },
    {
      name:
        `${face}: creating Argo CD's namespace is reported, with a hint for clusters without Argo CD`,
      before: withoutArgocd,
      request: () => docker(face, { create_namespaces: true }),
      status: 200,
      after({ cluster }, body) {
        const { namespaces_created, hint } = body as { namespaces_created: string[]; hint: string };
        assert.deepEqual(namespaces_created, ["argocd"]);
        assert.match(
          hint,
          new RegExp(`If this cluster has no Argo CD, set the cluster label ${LABEL}$`),
        );
        assert.ok(cluster.namespaces.has("argocd"));
      },
    },
    ...(["labels_unreadable", "invalid_labels"] as const).map((kind): Row => ({
      name: `${face}: ${kind} prevents a write before the cluster is contacted`,
      options: { refused: new KubeError(kind, "Cannot read labels: why", { cluster: "a" }) },
      request: () => repo(face),
      status: 500,
      asks: false,
      changes: false,
      after: (_, body) =>
        assert.partialDeepStrictEqual(body, {
          ...{ error: true, message: "Cannot read labels: why", status_code: 500 },
          ...face === "v1" ? { code: kind } : {},
        }),
    })),
    {
      name: `${face}: labels_unreadable is an error, never an empty list`,
      options: { refused: new KubeError("labels_unreadable", "Cannot read labels: why") },
      request: () => get(`${list}?cluster=test-cluster`),
      status: 500,
      after: (_, body) =>
        assert.partialDeepStrictEqual(body, {
          ...{ status: "error", message: "Cannot read labels: why" },
        }),
    },
  ];
}

const helm: Row = {
  name: "seed: without Argo CD a chart repository is rejected before the cluster is contacted",
  options: SPOKE,
  request: () => post("/secrets/add_helm_repo", HELM_BODY),
  status: 422,
  body: NO_ARGOCD,
  asks: false,
  changes: false,
};

const missing: Row = {
  name:
    "v1: when Argo CD's namespace is missing, the error shows the label for clusters without Argo CD",
  before: withoutArgocd,
  request: () => docker("v1"),
  status: 400,
  body: new RegExp(
    "^Namespaces do not exist: argocd\\. 'argocd' is Argo CD's own \\(setting argocd-namespace\\)\\. " +
      `If this cluster has no Argo CD, set its label ${LABEL}$`,
  ),
  told: {
    code: "namespace_not_found",
    field: "namespaces",
    remedy: { labels: { "argocd-configurer.io/argocd-namespace": "none" } },
  },
  changes: false,
};

const removal: Row = {
  name:
    "v1: without Argo CD a secret is deleted, and a companion in a namespace named argocd stays",
  options: SPOKE,
  before({ cluster }) {
    const labels = { "app.kubernetes.io/managed-by": "argocd-configurer" };
    const annotations = { "argocd-configurer.io/write": "one" };
    cluster.put({ namespace: "default", name: NAME, labels, annotations });
    cluster.put({ namespace: "argocd", name: `${NAME}-iu`, labels, annotations });
  },
  request: () => get(`/api/v1/secrets?cluster=test-cluster&name=${NAME}`, {}, "DELETE"),
  status: 200,
  after: ({ cluster }) => assert.deepEqual([...cluster.secrets.keys()], [`argocd/${NAME}-iu`]),
};

for (const test of testsOf([...rowsOf("v1"), ...rowsOf("root"), helm, missing, removal])) {
  Deno.test(test);
}
