import assert from "node:assert/strict";
import { inDemo } from "./in_demo.ts";
import { blocks, commandsOf } from "./readme.ts";

/** What a newcomer types after starting the demo: the examples of a README, in their order. */

/** The requests of the first document's quick start, and what that says of their answers. */
const QUICK_START: [command: string, answer: Record<string, unknown>][] = [
  ["curl http://localhost:8091/health", {
    status: "healthy",
    service: "Cluster API Configuration Server",
  }],
  // The document's three, among the demo's others.
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

Deno.test("each request of the first document's quick start is answered in a fresh demo as it says", () =>
  inDemo(async (run) => {
    for (const [command, expected] of QUICK_START) {
      const { code, out } = await run(command);
      assert.equal(code, 0, command);
      const answer = JSON.parse(out);
      assert.deepEqual({ ...answer, ...expected }, answer, out);
    }
  }));

/** Commands for a server, or for the command line that asks one; `clusters import` works on files. */
const ASKS =
  /^curl .*localhost:8091|^argocd-configurer (clusters(?! import)|secrets|docker|repo|verify|delete|audit)\b/s;

interface Example {
  readonly command: string;
  /** The answer that the README shows for it. */
  readonly sample?: Record<string, unknown>;
}

async function examples(): Promise<Example[]> {
  const all = await blocks();
  return all.flatMap((block, i) => {
    if (block.language !== "sh") return [];
    const next = all[i + 1];
    const isSampled = next?.language === "json" && next.heading === block.heading;
    const sample = isSampled ? JSON.parse(next.text) : undefined;
    return commandsOf(block).filter((each) => ASKS.test(each))
      .map((command) => ({ command, sample }));
  });
}

/** Fields of samples that are as they are in the demo, too. */
const SAME = ["success", "status", "service", "application_repo_url", "helm_secret_applied"];

Deno.test("each command of the README that asks a server is answered in a fresh demo as it says", () =>
  inDemo(async (run) => {
    const all = await examples();
    assert.ok(all.length >= 26, `only ${all.length} are found`);
    assert.ok(all.filter(({ sample }) => sample).length >= 7, "fewer have a sample");
    for (const { command, sample = {} } of all) {
      const { code, out } = await run(command);
      assert.equal(code, 0, `${command}\n${out}`);
      if (!command.startsWith("curl")) continue;
      const answer = JSON.parse(out);
      assert.equal(answer.status_code, undefined, `${command}\n${out}`);
      for (const [field, value] of Object.entries(sample)) {
        assert.ok(field in answer, `${command}\n${out}\nhas no ${field}`);
        if (SAME.includes(field)) assert.deepEqual(answer[field], value, command);
      }
    }
  }));
