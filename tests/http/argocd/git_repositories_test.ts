import assert from "node:assert/strict";
import { argocdReadsTests, gitKind, type Kind, testKinds } from "./program.ts";
import { makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";

const argocdReadsTest = argocdReadsTests((test) => Deno.test(test));

/** Each kind of Git repository, written and read by Argo CD's own code. */

const keys = {
  ssh: makeSshKey(),
  app: makeRsaKey(),
  gcp: makeGcpKey(makeRsaKey()),
  pair: makeTlsPair(),
};

const HTTPS = "https://git.example.com/org/app.git";
const SSH = "git@git.example.com:org/app.git";

/** URLs similar to https://git.example.com/org/app.git. */
const NOT_HTTPS = [
  "https://git.example.com/org/app2",
  "https://git.example.com/org/app/",
  "https://git.example.com/org/app/below",
  "https://git.example.com/org-of-others/app",
  "https://git.example.com/or/app",
  "https://git.example.com",
  "https://git.example.com.attacker.example/org/app",
  "https://attacker.example/git.example.com/org/app",
  "http://git.example.com/org/app",
  "https://git.example.com:8443/org/app",
  SSH,
];
const git = {
  url: HTTPS,
  found: [HTTPS, "https://git.example.com/org/app", "https://GIT.example.com/Org/App"],
  not: NOT_HTTPS,
};
const login = (password: string) => ({ username: "user", password });
const app = { id: 12, installation_id: 345, private_key: keys.app };

const KINDS: Kind[] = [
  {
    what: "a public Git repository",
    ...git,
    body: () => ({ type: "git" }),
    read: () => ({ type: "git" }),
    using: [gitKind, () => "none"],
  },
  {
    what: "a Git repository with a password",
    ...git,
    body: (password) => ({ type: "git", ...login(password) }),
    read: (password) => ({ type: "git", ...login(password) }),
    using: [({ git }) => git, () => ({ kind: "https", clientCertificate: false })],
  },
  {
    what: "a Git repository with a token",
    ...git,
    body: (bearer_token) => ({ type: "git", bearer_token }),
    read: (bearerToken) => ({ type: "git", bearerToken }),
    using: [gitKind, () => "https"],
  },
  {
    what: "a Git repository with an SSH key",
    url: SSH,
    found: [SSH, "ssh://git@git.example.com/org/app", "git@git.example.com:Org/App"],
    not: [
      "git@git.example.com:org/app2",
      "git@git.example.com:org-of-others/app",
      "git@git.example.com.attacker.example:org/app",
      "ssh://git@git.example.com:22/org/app",
      "other@git.example.com:org/app",
      HTTPS,
    ],
    body: () => ({ type: "git", ssh_private_key: keys.ssh }),
    read: () => ({ type: "git", sshPrivateKey: keys.ssh }),
    using: [gitKind, () => "ssh"],
  },
  {
    what: "a Git repository with a GitHub App",
    ...git,
    body: () => ({ type: "git", github_app: app }),
    read: () => ({
      type: "git",
      githubAppID: 12,
      githubAppInstallationID: 345,
      githubAppPrivateKey: keys.app,
    }),
    using: [gitKind, () => "githubApp"],
  },
  {
    what: "a Git repository with a GitHub App of a GitHub Enterprise Server",
    ...git,
    body: () => ({
      type: "git",
      github_app: { ...app, enterprise_url: "https://ghe.example.com/api/v3" },
    }),
    read: () => ({
      type: "git",
      githubAppID: 12,
      githubAppInstallationID: 345,
      githubAppPrivateKey: keys.app,
      githubAppEnterpriseBaseUrl: "https://ghe.example.com/api/v3",
    }),
    using: [gitKind, () => "githubApp"],
  },
  {
    what: "a Git repository with a Google service account key",
    ...git,
    body: () => ({ type: "git", gcp_service_account_key: keys.gcp }),
    read: () => ({ type: "git", gcpServiceAccountKey: JSON.stringify(keys.gcp) }),
    using: [gitKind, () => "googleCloud"],
  },
  {
    what: "a Git repository with an Azure service principal",
    ...git,
    body: (client_secret) => ({
      type: "git",
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
    using: [gitKind, () => "azureServicePrincipal"],
  },
  {
    what: "a Git repository with an Azure workload identity",
    ...git,
    body: () => ({ type: "git", use_azure_workload_identity: true }),
    read: () => ({ type: "git", useAzureWorkloadIdentity: true }),
    using: [gitKind, () => "azureWorkloadIdentity"],
  },
  {
    what: "a Git repository with a password and a client certificate",
    ...git,
    body: (password) => ({
      type: "git",
      ...login(password),
      tls_client_cert: keys.pair.certificate,
      tls_client_key: keys.pair.key,
    }),
    read: (password) => ({
      type: "git",
      ...login(password),
      tlsClientCertData: keys.pair.certificate,
      tlsClientCertKey: keys.pair.key,
    }),
    using: [({ git }) => git, () => ({ kind: "https", clientCertificate: true })],
  },
  {
    what: "a Git repository with options",
    ...git,
    body: (password) => ({
      type: "git",
      ...login(password),
      proxy: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      insecure: true,
      force_basic_auth: true,
      enable_lfs: true,
      depth: 1,
    }),
    read: (password) => ({
      type: "git",
      ...login(password),
      proxy: "http://proxy.example.com:3128",
      noProxy: "localhost",
      insecure: true,
      forceHttpBasicAuth: true,
      enableLfs: true,
      depth: 1,
    }),
    using: [gitKind, () => "https"],
  },
  {
    what: "a Git repository with all options false",
    ...git,
    body: () => ({ type: "git", insecure: false, force_basic_auth: false, enable_lfs: false }),
    read: () => ({ type: "git" }),
    using: [gitKind, () => "none"],
  },
];

testKinds((test) => Deno.test(test), KINDS);

argocdReadsTest("a project's repository is visible to that project only", async (program) => {
  const { value } = program.canary;
  const common = { type: "git", url: HTTPS, username: "user" };
  await program.write("add_repo", { name: "a", ...common, password: value, project: "team-a" });
  await program.write("add_repo", { name: "b", ...common, password: "b", project: "team-b" });
  const projects = ["team-a", "team-b", "team-c", ""];
  const { repositories } = await program.ask({
    repositories: projects.map((project) => ({ url: HTTPS, project })),
  });
  const passwords = repositories.map(({ repository }) => repository!.password);
  assert.deepEqual(passwords, [value, "b", undefined, undefined]);
});

argocdReadsTest("several URLs have one secret each, with the same credential", async (program) => {
  const { value } = program.canary;
  const urls = ["https://git.example.com/org/a", "https://git.example.com/org/b.git"];
  await program.write("add_repo", { name: "many", type: "git", urls, ...login(value) });
  const asked = ["https://git.example.com/org/a.git", "https://git.example.com/org/b"];
  const not = ["https://git.example.com/org/c", "https://git.example.com/org/"];
  const { repositories } = await program.ask({
    repositories: [...asked, ...not].map((url) => ({ url })),
  });
  const found = repositories.map(({ repository }) => [repository!.repo, repository!.password]);
  assert.deepEqual(found, [
    ...urls.map((url) => [url, value]),
    ...not.map((url) => [url, undefined]),
  ]);
});
