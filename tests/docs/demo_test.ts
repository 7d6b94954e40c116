import assert from "node:assert/strict";
import { documentsOf } from "./documents.ts";
import { inDemo } from "./in_demo.ts";
import { runDocument } from "./run_document.ts";

/** The quick start of the first document and the commands of the documents, each in a fresh demo. */

/** The requests of the first document's quick start, and the documented responses. */
const QUICK_START: [command: string, answer: Record<string, unknown>][] = [
  ["curl http://localhost:8091/health", {
    status: "healthy",
    service: "Cluster API Configuration Server",
  }],
  // The document's three clusters, among the others of the demo.
  ["curl http://localhost:8091/clusters", {
    clusters: [
      "dev",
      "edge",
      "eu-prod",
      "hub",
      "production-cluster",
      "test-cluster",
      "unreachable-cluster",
      "us-prod",
    ],
    total: 8,
  }],
  ['curl "http://localhost:8091/secrets?cluster=test-cluster"', {
    cluster: "test-cluster",
    status: "success",
  }],
  [
    `curl -X POST http://localhost:8091/secrets/add_docker \\
  -H "Content-Type: application/json" \\
  -d '{
    "password": "your_token",
    "username": "your_username",
    "cluster_name": "test-cluster",
    "name": "my-docker-secret",
    "namespaces": "kube-system,default"
  }'`,
    {
      success: true,
      cluster: "test-cluster",
      name: "my-docker-secret",
      namespaces: ["kube-system", "default", "argocd"],
      message: "Docker registry secrets created successfully in 3 namespace(s)",
    },
  ],
  [
    `curl -X POST http://localhost:8091/secrets/add_helm_repo \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "my-helm-repo",
    "repository_url": "charts.bitnami.com/bitnami",
    "cluster_name": "test-cluster",
    "username": "helmuser",
    "password": "helmpass123",
    "use_oci": false
  }'`,
    {
      success: true,
      cluster: "test-cluster",
      secret_name: "my-helm-repo",
      repository_url: "charts.bitnami.com/bitnami",
      helm_secret_applied: {
        success: true,
        namespace: "argocd",
        output: "secret/my-helm-repo created",
      },
      message: "Helm repository secret created successfully",
    },
  ],
];

Deno.test("each request of the first document's quick start gets the documented response in a fresh demo", () =>
  inDemo(async (run) => {
    for (const [command, expected] of QUICK_START) {
      const { code, out } = await run(command);
      assert.equal(code, 0, command);
      const answer = JSON.parse(out);
      assert.deepEqual({ ...answer, ...expected }, answer, out);
    }
  }));

for (const document of await documentsOf("demo")) {
  Deno.test(`each command of ${document.path} works in a fresh demo, with the documented output`, () =>
    inDemo((run) => runDocument(document, run), document.flags));
}
