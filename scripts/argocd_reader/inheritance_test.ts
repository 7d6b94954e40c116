import { deepEqual } from "node:assert/strict";
import { argocdTests, repository, template } from "../../tests/support/argocd_reader.ts";
import type { Repository, Uses } from "./answers.ts";

const argocdTest = argocdTests((test) => Deno.test(test));

/** What a repository inherits from its template, and which credential each client uses. */

const SSH_KEY = "fake SSH key";

/** A repository's own data, and the result with the template. */
interface Inheritance {
  readonly sentence: string;
  readonly own: Record<string, string>;
  readonly template: Record<string, string>;
  readonly becomes: Omit<Repository, "repo">;
}

const PASSWORD = { username: "template", password: "template" };
const AZURE = {
  azureServicePrincipalClientId: "fake client",
  azureServicePrincipalClientSecret: "fake secret",
  azureServicePrincipalTenantId: "fake tenant",
};
const { azureServicePrincipalClientSecret: AZURE_SECRET, ...AZURE_IDENTITY } = AZURE;

const INHERITANCES: readonly Inheritance[] = [
  {
    sentence: "without a credential takes the template's, and its type and proxy",
    own: { name: "n" },
    template: { ...PASSWORD, type: "helm", proxy: "http://proxy.example.com" },
    becomes: {
      name: "n",
      ...PASSWORD,
      type: "helm",
      proxy: "http://proxy.example.com",
      inheritedCreds: true,
    },
  },
  {
    sentence: "keeps its own type and proxy",
    own: { type: "git", proxy: "http://own.example.com" },
    template: { ...PASSWORD, type: "helm", proxy: "http://proxy.example.com" },
    becomes: { ...PASSWORD, type: "git", proxy: "http://own.example.com", inheritedCreds: true },
  },
  {
    sentence: "with only a user name takes nothing",
    own: { username: "own" },
    template: { ...PASSWORD, type: "helm", enableOCI: "true" },
    becomes: { username: "own" },
  },
  {
    sentence: "is OCI if the template is",
    own: { type: "helm" },
    template: { ...PASSWORD, enableOCI: "true" },
    becomes: { ...PASSWORD, type: "helm", enableOCI: true, inheritedCreds: true },
  },
  {
    sentence: "loses its OCI flag, and two similar flags, if the template lacks them",
    own: { type: "helm", enableOCI: "true", insecureOCIForceHttp: "true", forceHttpBasicAuth: "1" },
    template: PASSWORD,
    becomes: { ...PASSWORD, type: "helm", inheritedCreds: true },
  },
  {
    sentence: "keeps its OCI flag with its own credential",
    own: { type: "helm", enableOCI: "true", password: "own" },
    template: PASSWORD,
    becomes: { type: "helm", enableOCI: true, password: "own" },
  },
  {
    sentence: "with only a key of Google Cloud takes the template's credential too",
    own: { gcpServiceAccountKey: "{}" },
    template: PASSWORD,
    becomes: { ...PASSWORD, gcpServiceAccountKey: "{}", inheritedCreds: true },
  },
  {
    sentence:
      "with an Azure service principal but no secret takes the template's secret and password",
    own: AZURE_IDENTITY,
    template: { ...PASSWORD, azureServicePrincipalClientSecret: AZURE_SECRET },
    becomes: { ...PASSWORD, ...AZURE, inheritedCreds: true },
  },
  {
    sentence: "with the secret of an Azure service principal takes nothing",
    own: { azureServicePrincipalClientSecret: "own" },
    template: { ...PASSWORD, azureServicePrincipalClientID: "fake client" },
    becomes: { azureServicePrincipalClientSecret: "own" },
  },
  {
    sentence: "keeps its depth, which templates do not have",
    own: { depth: "1" },
    template: { ...PASSWORD, depth: "2" },
    becomes: { ...PASSWORD, depth: 1, inheritedCreds: true },
  },
  {
    sentence: "keeps its insecure, which templates do not have",
    own: { insecure: "true", enableLfs: "true" },
    template: { ...PASSWORD, insecure: "false", enableLfs: "false" },
    becomes: { ...PASSWORD, insecure: true, enableLfs: true, inheritedCreds: true },
  },
];

for (const { sentence, own, template: given, becomes } of INHERITANCES) {
  argocdTest(`below a template a repository ${sentence}`, async (cluster) => {
    const url = "https://git.example.com/org/repo";
    await cluster.put(
      template("t", { url: "https://git.example.com/", ...given }),
      repository("r", { url, ...own }),
    );
    const { repositories, lists } = await cluster.ask({ repositories: [{ url }] });
    deepEqual(repositories[0]!.repository, { repo: url, ...becomes });
    deepEqual(lists.repositories.items, [repositories[0]!.repository]);
  });
}

/** The kind of credential that git uses if a secret has several. */
const CHOICES: readonly [Record<string, string>, Uses["git"]["kind"]][] = [
  [{ username: "u" }, "none"],
  [{ tlsClientCertData: "c", tlsClientCertKey: "k" }, "none"],
  [{ password: "p", sshPrivateKey: SSH_KEY, useAzureWorkloadIdentity: "true" }, "https"],
  [{ bearerToken: "b", sshPrivateKey: SSH_KEY }, "https"],
  [{ sshPrivateKey: SSH_KEY, githubAppID: "1", githubAppInstallationID: "2" }, "ssh"],
  [{ githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: "k" }, "githubApp"],
  [{ githubAppID: "1", githubAppPrivateKey: "k" }, "githubApp"],
  [{ githubAppInstallationID: "2", githubAppPrivateKey: "k" }, "none"],
  [{ gcpServiceAccountKey: "{}", useAzureWorkloadIdentity: "true" }, "googleCloud"],
  [{ useAzureWorkloadIdentity: "true", ...AZURE }, "azureWorkloadIdentity"],
  [AZURE, "azureServicePrincipal"],
  [{ ...AZURE, azureServicePrincipalTenantId: "" }, "none"],
  [{ ...AZURE, azureServicePrincipalClientId: "" }, "none"],
];

argocdTest(
  "git prefers password and bearer token, then SSH, GitHub App, Google, Azure's workload identity, " +
    "Azure's service principal",
  async (cluster) => {
    const asked = CHOICES.map((_, i) => ({ url: `https://git.example.com/${i}` }));
    await cluster.put(...CHOICES.map(([data], i) => repository(`r${i}`, { ...asked[i], ...data })));
    const { repositories } = await cluster.ask({ repositories: asked });
    deepEqual(repositories.map(({ uses }) => uses!.git.kind), CHOICES.map(([, kind]) => kind));
  },
);

argocdTest(
  "helm and oci take user name, password and certificate, and nothing else",
  async (cluster) => {
    const url = "registry.example.com/charts";
    await cluster.put(repository("r", {
      url,
      type: "helm",
      username: "u",
      password: "p",
      bearerToken: "b",
      sshPrivateKey: SSH_KEY,
      tlsClientCertData: "c",
      tlsClientCertKey: "k",
      insecureIgnoreHostKey: "true",
      insecureOCIForceHttp: "true",
    }));
    const { repositories } = await cluster.ask({ repositories: [{ url }] });
    const { git, helm, oci } = repositories[0]!.uses!;
    const basic = { kind: "basic", username: "u", password: "p" };
    const expected = { ...basic, tlsClientCertData: "c", tlsClientCertKey: "k", insecure: false };
    deepEqual(helm, { ...expected, plainHTTP: false });
    deepEqual(oci, { ...expected, plainHTTP: true });
    deepEqual(git, { kind: "https", clientCertificate: true });
  },
);

argocdTest(
  "charts may depend on helm repositories with a name, and on templates in any spelling",
  async (cluster) => {
    const host = "https://charts.example.com";
    await cluster.put(
      repository("named", { url: `${host}/a`, type: "helm", name: "a" }),
      repository("nameless", { url: `${host}/b`, type: "helm" }),
      repository("upper", { url: `${host}/c`, type: "Helm", name: "c" }),
      repository("oci", { url: "oci://registry.example.com/d", type: "oci" }),
      template("t", { url: `${host}/t/`, type: "HELM" }),
      template("git", { url: `${host}/g/` }),
    );
    const { lists } = await cluster.ask();
    const repos = (list: { items: readonly Repository[] }) => list.items.map(({ repo }) => repo);
    deepEqual(repos(lists.helmRepositories), [`${host}/a`]);
    deepEqual(repos(lists.ociRepositories), ["oci://registry.example.com/d"]);
    deepEqual(lists.helmCredentials.items.map(({ url }) => url), [`${host}/t/`]);
  },
);
