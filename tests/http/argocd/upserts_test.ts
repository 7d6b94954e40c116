import assert from "node:assert/strict";
import type { Repository } from "../../../scripts/argocd_reader/answers.ts";
import { type ArgocdProgram, argocdReadsTests, assertFound, nothingFor } from "./program.ts";
import { makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";

const argocdReadsTest = argocdReadsTests((test) => Deno.test(test));

/** What Argo CD reads after a change: nothing of the old kind, and the companion of a repository. */

const keys = {
  ssh: makeSshKey(),
  app: makeRsaKey(),
  gcp: makeGcpKey(makeRsaKey()),
  pair: makeTlsPair(),
};

const HTTPS = "https://git.example.com/org/app";
const SSH = "git@git.example.com:org/app";

interface Kind {
  readonly kind: string;
  readonly url: string;
  readonly body: (password: string) => object;
  readonly read: (password: string) => Partial<Repository>;
  /** The credential that git would use. */
  readonly uses: string;
}

const KINDS: Kind[] = [
  {
    kind: "a password",
    url: HTTPS,
    body: (password) => ({ username: "user", password }),
    read: (password) => ({ username: "user", password }),
    uses: "https",
  },
  {
    kind: "a token",
    url: HTTPS,
    body: (bearer_token) => ({ bearer_token }),
    read: (bearerToken) => ({ bearerToken }),
    uses: "https",
  },
  {
    kind: "an SSH key",
    url: SSH,
    body: () => ({ ssh_private_key: keys.ssh }),
    read: () => ({ sshPrivateKey: keys.ssh }),
    uses: "ssh",
  },
  {
    kind: "a GitHub App of a GitHub Enterprise Server",
    url: HTTPS,
    body: () => ({
      github_app: {
        id: 1,
        installation_id: 2,
        private_key: keys.app,
        enterprise_url: "https://ghe.example.com/api/v3",
      },
    }),
    read: () => ({
      githubAppID: 1,
      githubAppInstallationID: 2,
      githubAppPrivateKey: keys.app,
      githubAppEnterpriseBaseUrl: "https://ghe.example.com/api/v3",
    }),
    uses: "githubApp",
  },
  {
    kind: "a GitHub App",
    url: HTTPS,
    body: () => ({ github_app: { id: 3, installation_id: 4, private_key: keys.app } }),
    read: () => ({ githubAppID: 3, githubAppInstallationID: 4, githubAppPrivateKey: keys.app }),
    uses: "githubApp",
  },
  {
    kind: "a Google service account key",
    url: HTTPS,
    body: () => ({ gcp_service_account_key: keys.gcp }),
    read: () => ({ gcpServiceAccountKey: JSON.stringify(keys.gcp) }),
    uses: "googleCloud",
  },
];

const kept = { proxy: "http://proxy.example.com:3128", enable_lfs: true };
const keptRead = { proxy: "http://proxy.example.com:3128", enableLfs: true as const };

for (const from of KINDS) {
  argocdReadsTest(
    `replacing ${from.kind} leaves nothing of the old credential`,
    async (program) => {
      const { value } = program.canary;
      for (const to of KINDS.filter((each) => each !== from)) {
        const write = ({ url, body }: Kind, password: string, more: object) =>
          program.write("add_repo", { name: "repo", type: "git", url, ...body(password), ...more });
        await write(from, "old", { upsert: true, ...kept });
        await write(to, value, { upsert: true });
        const answers = await program.ask({
          repositories: [{ url: to.url }, { url: to.url === SSH ? HTTPS : SSH }],
        });
        const [found, other] = answers.repositories;
        assert.deepEqual(found!.repository, {
          repo: to.url,
          name: "repo",
          type: "git",
          ...keptRead,
          ...to.read(value),
        }, to.kind);
        assert.equal(found!.uses!.git.kind, to.uses);
        assert.deepEqual(other!.repository, nothingFor(to.url === SSH ? HTTPS : SSH));
      }
    },
  );
}

async function repositoryAt({ ask }: ArgocdProgram, url: string): Promise<Repository> {
  const [answer] = (await ask({ repositories: [{ url }] })).repositories;
  return answer!.repository!;
}

argocdReadsTest("changing the password keeps the client certificate", async (program) => {
  const { value } = program.canary;
  const common = { name: "repo", type: "git", url: HTTPS, username: "user", upsert: true };
  const certificate = { tls_client_cert: keys.pair.certificate, tls_client_key: keys.pair.key };
  await program.write("add_repo", { ...common, password: "old", ...certificate });
  await program.write("add_repo", { ...common, password: value });
  assert.deepEqual(await repositoryAt(program, HTTPS), {
    repo: HTTPS,
    name: "repo",
    type: "git",
    username: "user",
    password: value,
    tlsClientCertData: keys.pair.certificate,
    tlsClientCertKey: keys.pair.key,
  });
});

argocdReadsTest("turning one option off keeps the other options", async (program) => {
  const { value: password } = program.canary;
  const common = { name: "repo", type: "git", url: HTTPS, upsert: true };
  await program.write("add_repo", {
    ...common,
    username: "user",
    password,
    insecure: true,
    force_basic_auth: true,
    enable_lfs: true,
    no_proxy: "localhost",
  });
  await program.write("add_repo", { ...common, insecure: false, enable_lfs: false });
  assert.deepEqual(await repositoryAt(program, HTTPS), {
    repo: HTTPS,
    name: "repo",
    type: "git",
    username: "user",
    password,
    forceHttpBasicAuth: true,
    noProxy: "localhost",
  });
});

argocdReadsTest(
  "a chart repository moved out of an OCI registry is no longer OCI",
  async (program) => {
    const { value: password } = program.canary;
    const common = { name: "repo", type: "helm", username: "user", password, upsert: true };
    await program.write("add_repo", { ...common, url: "oci://registry.example.com/charts" });
    await program.write("add_repo", { ...common, url: "https://registry.example.com/charts" });
    const url = "https://registry.example.com/charts";
    assert.deepEqual(await repositoryAt(program, url), {
      repo: url,
      name: "repo",
      type: "helm",
      username: "user",
      password,
    });
  },
);

const helmLogin = (password: string) => ({ type: "helm", username: "user", password });

/** The requests that docs/credentials.md shows for charts from ghcr.io. */
const REGISTRIES: [given: string, stored: string, below: string[], not: string[]][] = [
  [
    "https://ghcr.io/",
    "ghcr.io",
    ["ghcr.io/org/charts", "ghcr.io/other/charts/app"],
    ["ghcr.io.attacker.example/org/charts", "ghcr.iox/org", "oci://ghcr.io/org/charts"],
  ],
  [
    "https://ghcr.io/org/*",
    "ghcr.io/org",
    ["ghcr.io/org/charts", "ghcr.io/Org/charts/app"],
    ["ghcr.io/org-of-others/charts", "ghcr.io/orgs", "ghcr.io", "ghcr.io.attacker.example/org/x"],
  ],
];

for (const endpoint of ["add_repo", "add_helm_repo"] as const) {
  for (const [given, stored, below, not] of REGISTRIES) {
    argocdReadsTest(
      `${given} by ${endpoint} matches all charts below it, and no others`,
      async (program) => {
        const { value } = program.canary;
        const field = endpoint === "add_repo" ? "url" : "repository_url";
        const body = { name: "repo", ...helmLogin(value) };
        await program.write(endpoint, { ...body, [field]: given });
        const read = { ...helmLogin(value), enableOCI: true as const };
        await assertFound(
          program,
          Object.fromEntries([
            [stored, { repo: stored, name: "repo", ...read }],
            ...below.map((url) => [url, { repo: url, ...read, inheritedCreds: true }]),
            ...not.map((url) => [url, nothingFor(url)]),
          ]),
          Object.fromEntries([
            ...below.map((url) => [url, { url: `${stored}/`, ...read }]),
            ...not.map((url) => [url, null]),
          ]),
        );

        await program.write(endpoint, { ...body, [field]: given, password: "new", upsert: true });
        const again = await program.ask({ repositories: below.map((url) => ({ url })) });
        const passwords = again.repositories.map(({ repository }) => repository!.password);
        assert.deepEqual(
          passwords,
          below.map(() => "new"),
          "a new password is also the template's",
        );
      },
    );
  }
}

argocdReadsTest(
  "after a repository and its template are deleted, Argo CD has neither",
  async (program) => {
    const { value } = program.canary;
    await program.write("add_repo", { name: "repo", ...helmLogin(value), url: "ghcr.io/org/*" });
    const { status } = await program.delete("/secrets?cluster=administrator&name=repo");
    assert.equal(status, 200);
    const urls = ["ghcr.io/org", "ghcr.io/org/charts"];
    await assertFound(
      program,
      Object.fromEntries(urls.map((url) => [url, nothingFor(url)])),
      Object.fromEntries(urls.map((url) => [url, null])),
    );
  },
);
