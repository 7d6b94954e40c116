import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { controlPlaneFromEnv } from "../../../scripts/control_plane/connect.ts";
import { kubeconfigNames } from "../../../scripts/control_plane/kubeconfigs.ts";
import { thisMachine } from "../../../src/cli/machine.ts";
import { settingsOf } from "../../../src/config/schema.ts";
import { configureLog } from "../../../src/log/logger.ts";
import { wireServer } from "../../../src/wire_server.ts";
import { bystander, uniqueName } from "../../support/api_objects.ts";
import { realTests, TRANSPORTS } from "../../support/real_program.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** What the transports share, and what clusters do not share. */

const plane = controlPlaneFromEnv();

type Ask = (path: string, body?: unknown, method?: string) => Promise<unknown[]>;

/** The program over each transport, on the same clusters. */
async function withPrograms(
  use: (ask: Ask) => Promise<void>,
): Promise<void> {
  configureLog({ format: "json", level: "error", write: () => {} });
  const folder = await Deno.makeTempDir();
  const programs = TRANSPORTS.map((transport) => {
    const settings = settingsOf({
      "clusters-folder": folder,
      "argocd-namespace": "argocd-is-not-here",
      transport,
    });
    return wireServer(settings, thisMachine(), "1.2.3");
  });
  try {
    for (const name of kubeconfigNames) {
      await Deno.copyFile(plane!.kubeconfigs[name], join(folder, `${name}.kubeconfig`));
    }
    await use((path, body, method = body === undefined ? "GET" : "POST") =>
      Promise.all(programs.map(async (program) => {
        const response = await program.fetch(
          new Request(`http://localhost${path}`, {
            method,
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
  name: "kubectl and api show and delete existing secrets with identical answers",
  ignore: plane === undefined,
  fn: () =>
    withPrograms(async (ask) => {
      const name = uniqueName("same");
      const others = bystander(plane!.request);
      const namespaces = [await others.namespace(), await others.namespace()];
      for (const namespace of namespaces) {
        const labels = { "app.kubernetes.io/managed-by": "argocd-configurer" };
        await others.put({ metadata: { namespace, name, labels }, data: { a: "YQ==" } });
      }
      const query = `cluster=administrator&name=${name}`;
      const requests: [path: string, method?: string][] = [
        [`/secrets/${name}?cluster=administrator&namespace=${namespaces[0]}`],
        [`/secrets/${name}?cluster=reader`],
        [`/secrets?${query}&dry_run=true`, "DELETE"],
        [`/secrets?cluster=reader&name=${name}`, "DELETE"],
      ];
      for (const [path, method] of requests) {
        const [kubectl, api] = (await ask(path, undefined, method)).map(withoutFingerprints);
        assert.deepEqual(api, kubectl, path);
        assert.ok(JSON.stringify(api).includes(namespaces[0]!), "the secret is not shown");
      }
    }),
});

/** Without an audit log each program generates its own fingerprint key. */
function withoutFingerprints(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer).replaceAll(/"fingerprint":"[0-9a-f]+"/g, '"fingerprint":0'),
  );
}

Deno.test({
  name: "kubectl and api give identical answers for every user",
  ignore: plane === undefined,
  fn: () =>
    withPrograms(async (ask) => {
      const login = { username: "user", password: "value" };
      for (const cluster of kubeconfigNames) {
        const add = { ...login, cluster_name: cluster, name: uniqueName("same") };
        const repository = { ...add, repository_url: "https://same.example/x" };
        // Argo CD's namespace does not exist, so every write fails, each for its own reason.
        const named = `cluster=${cluster}&name=${add.name}`;
        const git = { ...add, type: "git", url: "https://same.example/git" };
        const docker = { ...add, namespaces: "team-a,team-b" };
        const dry = { dry_run: true };
        const requests: [path: string, body?: unknown, method?: string][] = [
          [`/secrets?cluster=${cluster}`],
          ["/secrets/add_docker", { ...add, namespaces: "nowhere-1,nowhere-2" }],
          ["/secrets/add_docker", { ...add, namespaces: "team-a,team-b", upsert: true }],
          ["/secrets/add_helm_repo", repository],
          ["/secrets/add_helm_repo", { ...repository, repository_url: "ghcr.io", force: true }],
          ["/secrets/add_repo", git],
          ["/secrets/add_repo", { ...git, ...dry }],
          ["/secrets/add_docker", { ...docker, service_accounts: ["default"] }],
          ["/secrets/add_docker", { ...docker, service_accounts: ["default"], ...dry }],
          ["/secrets/add_docker", { ...docker, create_namespaces: true, ...dry }],
          ["/secrets/add_docker", { ...docker, namespace_selector: "team in (web)" }],
          ["/secrets/add_docker", { ...add, namespace_selector: "a=b" }],
          ["/secrets/add_docker", { ...docker, merge: true, ...dry }],
          [`/secrets/${add.name}?cluster=${cluster}`],
          [`/secrets/${add.name}?cluster=${cluster}&namespace=team-a`],
          [`/secrets?${named}`, undefined, "DELETE"],
          [`/secrets?${named}&namespaces=team-a,nowhere`, undefined, "DELETE"],
          [`/secrets?${named}&force=true&dry_run=true`, undefined, "DELETE"],
        ];
        for (const [path, body, method] of requests) {
          let [kubectl, api] = await ask(path, body, method);
          // Other tests may write between the two lists; the next attempt has equal ones.
          for (let i = 0; i < 5 && path.startsWith("/secrets?cluster") && !method; i++) {
            if (isDeepStrictEqual(api, kubectl)) break;
            [kubectl, api] = await ask(path, body, method);
          }
          assert.deepEqual(
            api,
            kubectl,
            `${cluster} ${method ?? ""} ${path} ${JSON.stringify(body)}`,
          );
        }
      }
    }),
});

realTest("the credentials of one cluster are never used for another", async (program) => {
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
