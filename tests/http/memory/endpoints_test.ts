import assert from "node:assert/strict";
import { DOCKER_LABELS, type Stage, stored, storedLogin } from "../stage.ts";
import { DOCKER, docker, get, HELM, helm, refused, type Row, testsOf } from "../support.ts";

/** Successes of the endpoints, and errors about existing and missing clusters and secrets. */

const applied = (namespace: string, output: string) => ({
  namespace,
  result: { success: true, namespace, output },
});

const dockerAdded = (action: string, verb: string) => ({
  success: true,
  cluster: "test-cluster",
  name: "my-docker-secret",
  namespaces: ["kube-system", "default", "argocd"],
  registry: "ghcr.io",
  results: ["kube-system", "default", "argocd"].map((namespace) =>
    applied(namespace, `secret/my-docker-secret ${action}`)
  ),
  message: `Docker registry secrets ${verb}${
    verb === "unchanged" ? "" : " successfully"
  } in 3 namespace(s)`,
});

const helmAdded = (action: string, verb: string) => ({
  success: true,
  cluster: "test-cluster",
  secret_name: "my-helm-repo",
  repository_url: "https://charts.bitnami.com/bitnami",
  helm_secret_applied: {
    success: true,
    namespace: "argocd",
    output: `secret/my-helm-repo ${action}`,
  },
  application_repo_url: "https://charts.bitnami.com/bitnami",
  message: `Helm repository secret ${verb} successfully`,
});

const notFound = (status: number) => ({
  error: true,
  message:
    "Cluster 'non-existent' not found. No kubeconfig file at clusters/non-existent.kubeconfig",
  status_code: status,
});

/** Sends a request and ignores the response. */
const send = (request: () => Request) => async ({ app }: Stage) => {
  const response = await app.fetch(request());
  assert.equal(response.status, 200, await response.text());
};

const success: Row[] = [
  {
    name: "GET / names the service, its version and every endpoint",
    request: () => get("/"),
    status: 200,
    opens: false,
    after: (_stage, body) => {
      const { endpoints, ...rest } = body as { endpoints: Record<string, string> };
      assert.deepEqual(rest, { service: "Cluster API Configuration Server", version: "1.2.3" });
      assert.deepEqual(Object.keys(endpoints), [
        "GET /health",
        "GET /clusters",
        "GET /secrets",
        "DELETE /secrets",
        `POST ${DOCKER}`,
        `POST ${HELM}`,
        "POST /secrets/add_repo",
        "POST /secrets/verify",
        "GET /secrets/{name}",
        "GET /audit",
        "GET /openapi.json",
        "GET /api/v1/health",
        "GET /api/v1/clusters",
        "GET /api/v1/secrets",
        "DELETE /api/v1/secrets",
        "POST /api/v1/docker",
        "POST /api/v1/helm_repositories",
        "POST /api/v1/repositories",
        "POST /api/v1/verifications",
        "GET /api/v1/secrets/{name}",
        "GET /api/v1/credentials",
        "POST /api/v1/credentials/find",
        "POST /api/v1/checks",
        "GET /api/v1/explain",
        "POST /api/v1/rotations",
        "GET /api/v1/rotations/{id}",
        "GET /api/v1/audit",
        "GET /api/v1/openapi.json",
      ]);
      assert.ok(Object.values(endpoints).every((text) => text.length > 5));
    },
  },
  {
    name: "GET /health answers in the seed's words, with an HTTP date, and contacts no cluster",
    request: () => get("/health"),
    status: 200,
    opens: false,
    after: (_stage, body) => {
      const { timestamp, ...rest } = body as { timestamp: string };
      assert.equal(
        JSON.stringify(rest),
        '{"status":"healthy","service":"Cluster API Configuration Server"}',
      );
      assert.match(timestamp, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 10_000);
    },
  },
  {
    name: "GET /clusters lists the names and their number",
    request: () => get("/clusters"),
    status: 200,
    body: { clusters: ["production-cluster", "test-cluster"], total: 2 },
    opens: false,
  },
  {
    name: "add_docker writes to every namespace and to Argo CD's, and answers in the seed's words",
    request: () => docker(),
    status: 200,
    body: dockerAdded("created", "created"),
    changes: true,
    after: ({ cluster }) => {
      assert.deepEqual([...cluster.secrets.keys()].sort(), [
        "argocd/my-docker-secret",
        "default/my-docker-secret",
        "kube-system/my-docker-secret",
      ]);
      for (const [ref, { type, labels }] of cluster.secrets) {
        assert.equal(type, "kubernetes.io/dockerconfigjson");
        assert.deepEqual({ ...labels, ...DOCKER_LABELS }, labels);
        assert.deepEqual(Object.keys(storedLogin(cluster, ref)), ["username", "password", "auth"]);
      }
    },
  },
  {
    name: "add_docker with git_write_back writes NAME-iu beside it and counts three namespaces",
    request: () => docker({ git_write_back: true }),
    status: 200,
    changes: true,
    after: ({ cluster }, body) => {
      const { results, message } = body as { results: object[]; message: string };
      assert.deepEqual(results.at(-1), applied("argocd", "secret/my-docker-secret-iu created"));
      assert.match(message, / 3 namespace/);
      assert.equal(stored(cluster, "argocd/my-docker-secret-iu", "username"), "your_username");
      assert.equal(cluster.secrets.get("argocd/my-docker-secret-iu")!.type, "Opaque");
    },
  },
  {
    name: "add_docker with upsert over existing secrets reports replaced and updated",
    request: () => docker({ upsert: true, username: "another" }),
    before: send(docker),
    status: 200,
    body: dockerAdded("replaced", "updated"),
    changes: true,
  },
  {
    name: "add_docker with upsert over the same values reports unchanged",
    request: () => docker({ upsert: true }),
    before: send(docker),
    status: 200,
    body: dockerAdded("unchanged", "unchanged"),
    changes: false,
  },
  {
    name: "add_helm_repo writes one repository secret and answers in the seed's words",
    request: () => helm(),
    status: 200,
    body: helmAdded("created", "created"),
    changes: true,
    after: ({ cluster }) => {
      assert.deepEqual([...cluster.secrets.keys()], ["argocd/my-helm-repo"]);
      const { type, labels, data } = cluster.secrets.get("argocd/my-helm-repo")!;
      assert.equal(type, "Opaque");
      assert.equal(labels["argocd.argoproj.io/secret-type"], "repository");
      assert.deepEqual(
        Object.keys(data.reveal()).sort(),
        ["name", "password", "type", "url", "username"],
      );
      assert.equal(stored(cluster, "argocd/my-helm-repo", "type"), "helm");
    },
  },
  {
    name: "add_helm_repo with upsert over an existing secret reports replaced and updated",
    request: () => helm({ upsert: true, username: "another" }),
    before: send(helm),
    status: 200,
    body: helmAdded("replaced", "updated"),
    changes: true,
  },
];

const description = (namespace: string) => ({
  exists: true,
  description: {
    name: "my-docker-secret",
    namespace,
    type: "kubernetes.io/dockerconfigjson",
    labels: { "app.kubernetes.io/managed-by": "argocd-configurer", ...DOCKER_LABELS },
  },
});

const conflicts: Row[] = [
  {
    name:
      "add_docker over existing secrets is 409 in the seed's words, with every namespace as a key",
    request: () => docker(),
    before: async (stage) => {
      await send(docker)(stage);
      stage.cluster.secrets.delete("default/my-docker-secret");
    },
    status: 409,
    body: {
      error: true,
      message: "Secrets already exist in namespaces: kube-system, argocd",
      existing_secrets: {
        "kube-system": description("kube-system"),
        default: { exists: false, description: {} },
        argocd: description("argocd"),
      },
      upsert_required: true,
    },
    changes: false,
  },
  {
    name: "add_helm_repo over an existing secret is 409 in the seed's words",
    request: () => helm(),
    before: send(helm),
    status: 409,
    body: {
      error: true,
      message: "Helm repository secret already exists",
      existing_secret: {
        exists: true,
        description: {
          name: "my-helm-repo",
          namespace: "argocd",
          type: "Opaque",
          labels: {
            "app.kubernetes.io/managed-by": "argocd-configurer",
            "argocd.argoproj.io/secret-type": "repository",
          },
        },
      },
      upsert_required: true,
    },
    changes: false,
  },
];

const nothingThere: Row[] = [
  refused("GET /secrets without a cluster is 400", () => get("/secrets"), 400, {
    error: true,
    message: "Missing required parameter 'cluster'",
    status_code: 400,
  }),
  {
    name: "GET /secrets of an unknown cluster is 404",
    request: () => get("/secrets?cluster=non-existent"),
    status: 404,
    body: notFound(404),
  },
  {
    name: "add_docker to an unknown cluster is 400",
    request: () => docker({ cluster_name: "non-existent" }),
    status: 400,
    body: notFound(400),
  },
  {
    name: "add_helm_repo to an unknown cluster is 400",
    request: () => helm({ cluster_name: "non-existent" }),
    status: 400,
    body: notFound(400),
  },
];

for (const test of testsOf([...success, ...conflicts, ...nothingThere])) Deno.test(test);
