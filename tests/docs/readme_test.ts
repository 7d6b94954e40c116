import assert from "node:assert/strict";
import { argocdReader } from "../../scripts/argocd_reader/argocd_reader.ts";
import type { Repository } from "../../scripts/argocd_reader/answers.ts";
import { argocdReaderIsAtHand } from "../../scripts/argocd_reader/build.ts";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import type { Home } from "./home.ts";
import { type OnCluster, onCluster } from "./on_cluster.ts";
import { type Block, blocks, commandsOf } from "./readme.ts";
import type { Run } from "./shell.ts";

/** The documents' examples, run as written on a cluster of their own, and verified with Argo CD's code. */

const ignore = controlPlaneFromEnv() === undefined || !await argocdReaderIsAtHand();

/** The documents whose examples are verified with Argo CD's code. */
const EXAMPLES = ["docs/api-write.md", "docs/credentials.md"];

/** All blocks of these documents. */
const examples = async (): Promise<Block[]> => (await Promise.all(EXAMPLES.map(blocks))).flat();

/** A cluster with two names, and a server for it. */
const served = (test: (stage: OnCluster) => Promise<void>) =>
  onCluster(async (stage) => {
    const { code, said } = await stage.run("argocd-configurer start");
    assert.equal(code, 0, said);
    await test(stage);
  }, ["test-cluster", "production-cluster"]);

const isWrite = ({ language, text }: Block) =>
  language === "sh" &&
  (/8091\/(secrets\/add_|api\/v1\/(docker|(helm_)?repositories)\b)/.test(text) ||
    /^argocd-configurer (repo|docker) add/m.test(text));

type Expected = (home: Home, password: string) => Partial<Repository>;

/** The credentials that Argo CD uses for a URL after all examples, and for similar URLs. */
const READ: [url: string, Expected][] = [
  ["https://github.com/your-org/app.git", (_, password) => ({
    username: "your-github-username",
    password,
    type: "git",
  })],
  ["git@github.com:your-org/infra.git", ({ files }) => ({
    sshPrivateKey: files[".ssh/argocd"],
    type: "git",
  })],
  ["https://github.com/your-org/any.git", ({ files }) => ({
    githubAppID: 12345,
    githubAppInstallationID: 67890,
    githubAppPrivateKey: files["app.pem"],
  })],
  ["https://github.com/your-org-of-others/any.git", () => ({})],
  ["https://bitbucket.example.com/scm/team/app.git", (_, password) => ({
    bearerToken: `${password}-token`,
    type: "git",
  })],
  ["https://git.example.com/team/app.git", ({ files }, password) => ({
    username: "robot",
    password,
    tlsClientCertData: files["client.crt"],
    tlsClientCertKey: files["client.key"],
  })],
  ["https://source.developers.google.com/p/your-project/r/app", ({ files }) => ({
    gcpServiceAccountKey: files["key.json"],
  })],
  ["https://dev.azure.com/your-org/your-project/_git/app", (_, password) => ({
    azureServicePrincipalClientId: "11111111-2222-3333-4444-555555555555",
    azureServicePrincipalClientSecret: `${password}-client`,
    azureServicePrincipalTenantId: "example.onmicrosoft.com",
    type: "git",
  })],
  ["example.azurecr.io/charts", () => ({
    useAzureWorkloadIdentity: true,
    type: "helm",
    enableOCI: true,
  })],
  ["https://charts.example.com/stable", (_, password) => ({
    username: "robot",
    password,
    type: "helm",
  })],
  ["https://charts.example.org/team", (_, password) => ({
    username: "robot",
    password,
    type: "helm",
  })],
  ["registry.example.com/charts", (_, password) => ({
    username: "robot",
    password,
    type: "helm",
    enableOCI: true,
  })],
  ["oci://registry.example.com/manifests/app", (_, password) => ({ username: "robot", password })],
  ["https://charts.bitnami.com/bitnami", (_, password) => ({
    username: "helmuser",
    password,
    type: "helm",
  })],
  ["ghcr.io/OWNER/charts", (_, password) => ({
    username: "your-github-username",
    password,
    enableOCI: true,
  })],
  ["ghcr.io.example.com/OWNER/charts", () => ({})],
];

const CREDENTIAL = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "githubAppID",
  "githubAppInstallationID",
  "githubAppPrivateKey",
  "gcpServiceAccountKey",
  "azureServicePrincipalClientId",
  "azureServicePrincipalClientSecret",
  "azureServicePrincipalTenantId",
  "useAzureWorkloadIdentity",
  "tlsClientCertData",
  "tlsClientCertKey",
] as const;

/** The fields of the credential in a repository, and these keys. */
function shown(repository: Repository | undefined, keys: readonly string[]) {
  const all = new Set<string>([...CREDENTIAL, ...keys]);
  return Object.fromEntries(
    Object.entries(repository ?? {}).filter(([key]) => all.has(key)),
  );
}

/** The kubectl commands for secrets of charts from ghcr.io print what the text around them says. */
async function assertShownByKubectl(run: Run): Promise<void> {
  const commands = (await blocks("docs/credentials.md")).flatMap(commandsOf)
    .filter((command) => command.startsWith("kubectl "));
  assert.equal(commands.length, 2, commands.join("\n"));
  const [labels, url] = await Promise.all(commands.map(run));
  assert.match(labels!.out, /argocd\.argoproj\.io\/secret-type=repository$/m);
  assert.match(labels!.out, /argocd\.argoproj\.io\/secret-type=repo-creds$/m);
  assert.equal(url!.out, "ghcr.io/");
}

Deno.test({
  name:
    "Argo CD uses every credential of the documents' examples as documented, and for no other URL",
  ignore,
  fn: () =>
    served(async ({ plane, home, canary, run }) => {
      const password = canary.value;
      const commands = (await examples()).filter(isWrite).flatMap(commandsOf);
      assert.ok(commands.length >= 14, `only ${commands.length} examples are found`);
      for (const command of commands) {
        const { code, out } = await run(command);
        assert.equal(code, 0, `${command}\n${out}`);
        if (command.startsWith("curl")) assert.equal(JSON.parse(out).success, true, out);
      }
      await assertShownByKubectl(run);
      const kubeconfig = plane.kubeconfigs.administrator;
      const reader = argocdReader({ kubeconfig, namespace: "argocd" });
      const answers = await reader.ask({ repositories: READ.map(([url]) => ({ url })) });
      const read = answers.repositories.map(({ repository }, i) =>
        shown(repository, Object.keys(READ[i]![1](home, password)))
      );
      assert.deepEqual(
        Object.fromEntries(read.map((each, i) => [READ[i]![0], each])),
        Object.fromEntries(READ.map(([url, expected]) => [url, expected(home, password)])),
      );
      for (const list of Object.values(answers.lists)) assert.equal(list.error, undefined);

      const path = "/api/v1/namespaces/team-a";
      const pull = await plane.request("GET", `${path}/secrets/registries`);
      const config = JSON.parse(atob(pull.body.data[".dockerconfigjson"]));
      assert.deepEqual(Object.keys(config.auths), [
        "ghcr.io",
        "https://index.docker.io/v1/",
        "https://registry-1.docker.io",
      ]);
      const account = await plane.request("GET", `${path}/serviceaccounts/default`);
      assert.deepEqual(account.body.imagePullSecrets, [{ name: "registries" }]);
    }),
});

Deno.test({
  name: "the sample responses in the documents are those to the sample requests",
  ignore,
  fn: () =>
    served(async ({ run }) => {
      const all = await examples();
      const samples = all.flatMap((block, i) => {
        const answer = all[i + 1];
        const isSample = block.language === "sh" &&
          /8091\/(secrets\/add_helm_repo|api\/v1\/(helm_)?repositories)\b/.test(block.text) &&
          answer?.language === "json" && answer.heading === block.heading;
        return isSample ? [[block, answer] as const] : [];
      });
      assert.equal(samples.length, 2);
      for (const [request, answer] of samples) {
        const { out } = await run(request.text);
        assert.deepEqual(JSON.parse(out), JSON.parse(answer.text));
      }
    }),
});
