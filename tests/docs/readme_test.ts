import assert from "node:assert/strict";
import { join } from "node:path";
import { argocdReader } from "../../scripts/argocd_reader/argocd_reader.ts";
import type { Repository } from "../../scripts/argocd_reader/answers.ts";
import { argocdReaderIsAtHand } from "../../scripts/argocd_reader/build.ts";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { type ControlPlane, startControlPlane } from "../../scripts/control_plane/control_plane.ts";
import { folder, program } from "../cli/support.ts";
import { makeCanary } from "../support/canary.ts";
import { type Home, install, makeHome } from "./home.ts";
import { prepare } from "./prepare.ts";
import { type Block, blocks, commandsOf, withPassword } from "./readme.ts";

/** The README's examples, each run as it stands, on a cluster of its own; then Argo CD is asked. */

const ignore = controlPlaneFromEnv() === undefined || !await argocdReaderIsAtHand();

interface Stage {
  readonly plane: ControlPlane;
  readonly home: Home;
  readonly password: string;
  /** Runs a command of the README. @returns what it printed on standard output */
  run(command: string): Promise<string>;
}

async function staged(test: (stage: Stage) => Promise<void>): Promise<void> {
  const canary = makeCanary();
  const plane = await startControlPlane();
  try {
    await using place = await folder();
    const home = await makeHome(place.path, canary.value);
    await Deno.mkdir(join(home.path, "clusters"));
    // Two names of one cluster.
    for (const name of ["test-cluster", "production-cluster"]) {
      const file = join(home.path, "clusters", `${name}.kubeconfig`);
      await Deno.copyFile(plane.kubeconfigs.administrator, file);
    }
    await prepare(plane);
    const env = await install(home);
    await using server = program(["serve", "--port", "0"], { cwd: home.path, env });
    const [, url] = await server.line(/listening url=(\S+)/);
    const run = async (command: string) => {
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", command.replaceAll("http://localhost:8091", url!)],
        cwd: home.path,
        env,
        stdin: "null",
      }).output();
      const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      canary.absentFrom(out! + said!, `what ${command.slice(0, 40)} says`);
      assert.equal(code, 0, `${command}\n${out}${said}`);
      return out!;
    };
    await test({ plane, home, password: canary.value, run });
    server.kill("SIGTERM");
    const { stderr } = await server.ended;
    canary.absentFrom(stderr, "the log");
  } finally {
    await plane.stop();
  }
}

const isWrite = ({ language, text }: Block) =>
  language === "sh" &&
  (/\/secrets\/add_/.test(text) || /^argocd-configurer (repo|docker) add/m.test(text));

type Expected = (home: Home, password: string) => Partial<Repository>;

/** What Argo CD uses for a URL when all examples are written, and for its look-alikes. */
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

/** Every kind of credential of it, and besides what is expected of it. */
function shown(repository: Repository | undefined, keys: readonly string[]) {
  const all = new Set<string>([...CREDENTIAL, ...keys]);
  return Object.fromEntries(
    Object.entries(repository ?? {}).filter(([key]) => all.has(key)),
  );
}

Deno.test({
  name: "Argo CD uses every credential of the README's examples as it says, and for no other URL",
  ignore,
  fn: () =>
    staged(async ({ plane, home, password, run }) => {
      const commands = (await blocks()).filter(isWrite).flatMap(commandsOf);
      assert.ok(commands.length >= 14, `only ${commands.length} examples are found`);
      for (const command of commands) {
        const out = await run(withPassword(command, password));
        if (command.startsWith("curl")) assert.equal(JSON.parse(out).success, true, out);
      }
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
  name: "the README's sample answers are the ones that its sample requests get",
  ignore,
  fn: () =>
    staged(async ({ password, run }) => {
      const all = await blocks();
      const samples = all.flatMap((block, i) => {
        const answer = all[i + 1];
        const isSample = block.language === "sh" && /add_(repo|helm_repo)/.test(block.heading) &&
          answer?.language === "json" && answer.heading === block.heading;
        return isSample ? [[block, answer] as const] : [];
      });
      assert.equal(samples.length, 2);
      for (const [request, answer] of samples) {
        const out = await run(withPassword(request.text, password));
        assert.deepEqual(JSON.parse(out), JSON.parse(answer.text));
      }
    }),
});
