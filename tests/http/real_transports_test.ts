import assert from "node:assert/strict";
import { join } from "node:path";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { kubeconfigNames } from "../../scripts/control_plane/kubeconfigs.ts";
import { surroundings } from "../../src/cli/surroundings.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { configureLog } from "../../src/log/logger.ts";
import { wire } from "../../src/wire.ts";
import { uniqueName } from "../support/api_objects.ts";
import { realTest, TRANSPORTS } from "../support/real_program.ts";

/** What the transports have in common, and what clusters have not. */

const plane = controlPlaneFromEnv();

/** The program over each transport, on the same clusters. */
async function withPrograms(
  use: (ask: (path: string, body?: unknown) => Promise<unknown[]>) => Promise<void>,
): Promise<void> {
  configureLog({ format: "json", level: "error", write: () => {} });
  const folder = await Deno.makeTempDir();
  const programs = TRANSPORTS.map((transport) => {
    const settings = settingsOf({
      "clusters-folder": folder,
      "argocd-namespace": "argocd-is-not-here",
      transport,
    });
    return wire(settings, surroundings(), "1.2.3");
  });
  try {
    for (const name of kubeconfigNames) {
      await Deno.copyFile(plane!.kubeconfigs[name], join(folder, `${name}.kubeconfig`));
    }
    await use((path, body) =>
      Promise.all(programs.map(async (program) => {
        const response = await program.fetch(
          new Request(`http://localhost${path}`, {
            method: body === undefined ? "GET" : "POST",
            headers: { host: "localhost" },
            body: body === undefined ? undefined : JSON.stringify(body),
          }),
        );
        return { status: response.status, body: await response.json() };
      }))
    );
  } finally {
    programs.forEach((program) => program.close());
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "kubectl and api answer the same to the letter, for everyone",
  ignore: plane === undefined,
  fn: () =>
    withPrograms(async (ask) => {
      const login = { username: "user", password: "value" };
      for (const cluster of kubeconfigNames) {
        const add = { ...login, cluster_name: cluster, name: uniqueName("same") };
        const repository = { ...add, repository_url: "https://same.example/x" };
        // Argo CD's namespace is not there, so nobody writes anything, each for his own reason.
        const requests: [path: string, body?: unknown][] = [
          [`/secrets?cluster=${cluster}`],
          ["/secrets/add_docker", { ...add, namespaces: "nowhere-1,nowhere-2" }],
          ["/secrets/add_docker", { ...add, namespaces: "team-a,team-b", upsert: true }],
          ["/secrets/add_helm_repo", repository],
          ["/secrets/add_helm_repo", { ...repository, repository_url: "ghcr.io", force: true }],
        ];
        for (const [path, body] of requests) {
          const [kubectl, api] = await ask(path, body);
          assert.deepEqual(api, kubectl, `${cluster} ${path}`);
        }
      }
    }),
});

realTest("the credentials of one cluster never serve another", async (program) => {
  const namespace = await program.namespace();
  const add = (cluster_name: string) =>
    program.post("/secrets/add_docker", {
      username: "user",
      password: program.canary.value,
      cluster_name,
      name: uniqueName("whose"),
      namespaces: namespace,
    });
  const expected = { administrator: 200, "no-rights": 502, "wrong-token": 502 } as const;
  const names = Object.keys(expected) as (keyof typeof expected)[];
  const asked = Array.from({ length: 12 }, (_, i) => names[i % names.length]!);
  const answers = await Promise.all(asked.map(add));
  assert.deepEqual(answers.map(({ status }) => status), asked.map((name) => expected[name]));
});
