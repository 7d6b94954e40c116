import assert from "node:assert/strict";
import type { RepoCreds } from "../../../scripts/argocd_reader/answers.ts";
import { argocdReadsTests, assertFound, nothingFor } from "./program.ts";
import { makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";

const argocdReadsTest = argocdReadsTests((test) => Deno.test(test));

/** Each kind of template: which URLs get its credential from Argo CD, and which do not. */

const keys = {
  ssh: makeSshKey(),
  app: makeRsaKey(),
  gcp: makeGcpKey(makeRsaKey()),
  pair: makeTlsPair(),
};

interface Template {
  readonly what: string;
  readonly endpoint?: "add_helm_repo";
  readonly body: (password: string) => object;
  /** The stored prefix. */
  readonly url: string;
  /** Besides the prefix. */
  readonly read: (password: string) => Omit<RepoCreds, "url">;
  /** Application URLs that get the credential. */
  readonly given: readonly string[];
  /** URLs that must not get it. */
  readonly not: readonly string[];
}

const login = (password: string) => ({ username: "user", password });

const https = {
  url: "https://git.example.com/org/",
  given: [
    "https://git.example.com/org/app",
    "https://git.example.com/org/app.git",
    "https://git.example.com/Org/group/app",
  ],
  not: [
    "https://git.example.com/org",
    "https://git.example.com/org-of-others/app",
    "https://git.example.com/orgs/app",
    "https://git.example.com/other/app",
    "https://git.example.com.attacker.example/org/app",
    "https://git.example.community/org/app",
    "https://attacker.example/git.example.com/org/app",
    "http://git.example.com/org/app",
    "https://git.example.com:8443/org/app",
    "git@git.example.com:org/app",
  ],
};
const creds = { as: "repo-creds", type: "git", url: "https://git.example.com/org" };

const ghcr = {
  url: "ghcr.io/org/",
  given: ["ghcr.io/org/charts", "ghcr.io/org/charts/app", "ghcr.io/Org/x"],
  not: [
    "ghcr.io/org-of-others/charts",
    "ghcr.io/orgs/charts",
    "ghcr.io/other/charts",
    "ghcr.io.attacker.example/org/charts",
    "ghcr.iox/org/charts",
    "oci://ghcr.io/org/charts",
    "https://ghcr.io/org/charts",
  ],
};

const TEMPLATES: Template[] = [
  {
    what: "a password for an owner's Git repositories",
    ...https,
    body: (password) => ({ ...creds, ...login(password) }),
    read: (password) => ({ type: "git", ...login(password) }),
  },
  {
    what: "a password for an owner's Git repositories, given by a wildcard",
    ...https,
    body: (password) => ({ ...creds, url: "https://git.example.com/org/*", ...login(password) }),
    read: (password) => ({ type: "git", ...login(password) }),
  },
  {
    what: "a token for an owner's Git repositories",
    ...https,
    body: (bearer_token) => ({ ...creds, bearer_token }),
    read: (bearerToken) => ({ type: "git", bearerToken }),
  },
  {
    what: "a GitHub App for an owner's Git repositories",
    ...https,
    body: () => ({
      ...creds,
      github_app: { id: 12, installation_id: 345, private_key: keys.app },
    }),
    read: () => ({
      type: "git",
      githubAppID: 12,
      githubAppInstallationID: 345,
      githubAppPrivateKey: keys.app,
    }),
  },
  {
    what: "a Google service account key for Git repositories",
    ...https,
    body: () => ({ ...creds, gcp_service_account_key: keys.gcp }),
    read: () => ({ type: "git", gcpServiceAccountKey: JSON.stringify(keys.gcp) }),
  },
  {
    what: "an Azure service principal for Git repositories",
    ...https,
    body: (client_secret) => ({
      ...creds,
      azure_service_principal: {
        client_id: "11111111-2222-3333-4444-555555555555",
        client_secret,
        tenant_id: "example.onmicrosoft.com",
        authority_url: "https://login.microsoftonline.us",
      },
    }),
    read: (azureServicePrincipalClientSecret) => ({
      type: "git",
      azureServicePrincipalClientId: "11111111-2222-3333-4444-555555555555",
      azureServicePrincipalClientSecret,
      azureServicePrincipalTenantId: "example.onmicrosoft.com",
      azureActiveDirectoryEndpoint: "https://login.microsoftonline.us",
    }),
  },
  {
    what: "an Azure workload identity for Git repositories",
    ...https,
    body: () => ({ ...creds, use_azure_workload_identity: true }),
    read: () => ({ type: "git", useAzureWorkloadIdentity: true }),
  },
  {
    what: "a password and a client certificate, with a proxy",
    ...https,
    body: (password) => ({
      ...creds,
      ...login(password),
      tls_client_cert: keys.pair.certificate,
      tls_client_key: keys.pair.key,
      proxy: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      force_basic_auth: true,
    }),
    read: (password) => ({
      type: "git",
      ...login(password),
      tlsClientCertData: keys.pair.certificate,
      tlsClientCertKey: keys.pair.key,
      proxy: "http://proxy.example.com:3128",
      noProxy: "localhost",
      forceHttpBasicAuth: true,
    }),
  },
  {
    what: "an SSH key for an owner's Git repositories",
    url: "git@git.example.com:org/",
    given: ["git@git.example.com:org/app", "ssh://git@git.example.com/org/app.git"],
    not: [
      "git@git.example.com:org-of-others/app",
      "git@git.example.com:other/app",
      "git@git.example.com.attacker.example:org/app",
      "ssh://git@git.example.com:22/org/app",
      "https://git.example.com/org/app",
    ],
    body: () => ({ ...creds, url: "git@git.example.com:org", ssh_private_key: keys.ssh }),
    read: () => ({ type: "git", sshPrivateKey: keys.ssh }),
  },
  {
    what: "an SSH key for a whole host",
    url: "git@git.example.com:",
    given: ["git@git.example.com:org/app", "ssh://git@git.example.com/other/app"],
    not: [
      "git@git.example.com.attacker.example:org/app",
      "git@git.example.community:org/app",
      "https://git.example.com/org/app",
    ],
    body: () => ({ ...creds, url: "git@git.example.com", ssh_private_key: keys.ssh }),
    read: () => ({ type: "git", sshPrivateKey: keys.ssh }),
  },
  {
    what: "a password for a whole host",
    url: "https://git.example.com/",
    given: ["https://git.example.com/org/app", "https://git.example.com/other/app.git"],
    not: [
      "https://git.example.com.attacker.example/org/app",
      "https://git.example.community/org/app",
      "https://git.example.com@attacker.example/org/app",
      "http://git.example.com/org/app",
    ],
    body: (password) => ({ ...creds, url: "git.example.com", ...login(password) }),
    read: (password) => ({ type: "git", ...login(password) }),
  },
  {
    what: "a password for chart repositories",
    url: "https://charts.example.com/team/",
    given: ["https://charts.example.com/team/stable"],
    not: [
      "https://charts.example.com/team-of-others/stable",
      "https://charts.example.com.attacker.example/team/stable",
    ],
    body: (password) => ({
      as: "repo-creds",
      type: "helm",
      url: "charts.example.com/team/*",
      ...login(password),
    }),
    read: (password) => ({ type: "helm", ...login(password) }),
  },
  {
    what: "a password for an owner's charts in an OCI registry",
    ...ghcr,
    body: (password) => ({
      as: "repo-creds",
      type: "helm",
      url: "https://ghcr.io/org",
      ...login(password),
    }),
    read: (password) => ({ type: "helm", ...login(password), enableOCI: true }),
  },
  {
    what: "a password for an owner's OCI artifacts",
    url: "oci://registry.example.com/team/",
    given: ["oci://registry.example.com/team/app", "oci://registry.example.com/Team/group/app"],
    not: [
      "oci://registry.example.com/team-of-others/app",
      "oci://registry.example.com.attacker.example/team/app",
      "registry.example.com/team/app",
    ],
    body: (password) => ({
      as: "repo-creds",
      type: "oci",
      url: "registry.example.com/team/",
      ...login(password),
      insecure_oci_http: true,
    }),
    read: (password) => ({ type: "oci", ...login(password), insecureOCIForceHttp: true }),
  },
];

for (const { what, body, url, read, given, not } of TEMPLATES) {
  argocdReadsTest(`a template with ${what} matches those and nothing else`, async (program) => {
    const { value } = program.canary;
    await program.write("add_repo", { name: "template", ...body(value) });
    const { type, ...credential } = read(value);
    await assertFound(
      program,
      Object.fromEntries([
        ...given.map((each) => [each, { repo: each, type, ...credential, inheritedCreds: true }]),
        ...not.map((each) => [each, nothingFor(each)]),
      ]),
      Object.fromEntries([
        ...given.map((each) => [each, { url, type, ...credential }]),
        ...not.map((each) => [each, null]),
      ]),
    );
  });
}

/** A request for a new template of charts, and the URL it is named by. */
const CHARTS: [type: string, url: string, own: string][] = [
  ["helm", "oci://registry.example.com/team", "registry.example.com/team"],
  ["helm", "https://charts.example.com/team", "https://charts.example.com/team"],
  ["oci", "oci://registry.example.com/team/", "oci://registry.example.com/team"],
];

for (const [type, url, own] of CHARTS) {
  const body = { as: "repo-creds", type, url };
  const urls = [own, `${own}/app`, `${own}-other`, `${own}-other/app`];

  argocdReadsTest(
    `template ${url} of type ${type} also matches its own URL, but no longer name`,
    async (it) => {
      const { value } = it.canary;
      const passwords = async () => {
        const { repositories } = await it.ask({ repositories: urls.map((url) => ({ url })) });
        return repositories.map(({ repository }) => repository!.password);
      };
      await it.write("add_repo", { name: "template", ...body, ...login("old") });
      assert.deepEqual(await passwords(), ["old", "old", undefined, undefined]);
      await it.write("add_repo", { name: "another", ...body, ...login(value), upsert: true });
      assert.deepEqual(await passwords(), [value, value, undefined, undefined]);
      await it.delete("/secrets?cluster=administrator&name=template");
      assert.deepEqual(await passwords(), Array(4).fill(undefined));
    },
  );
}
