import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { argocdRepository, argocdTemplate, storedSecret } from "../fake/argocd_secret.ts";
import { explainRepository, type RepositoryExplanation } from "./repository.ts";

const URL = "https://git.example.com/org/app";
const PASSWORD = { username: "bot", password: "fake-password" };

interface Case {
  readonly name: string;
  readonly secrets: readonly StoredSecret[];
  /** @default {@link URL} */
  readonly url?: string;
  /** @default default */
  readonly project?: string;
  /** `NAME kind credential`, or nothing. */
  readonly used: string | null;
  readonly more?: Partial<RepositoryExplanation>;
  /** All candidates by name: the state, and what the reason has in it. */
  readonly why?: Readonly<Record<string, readonly [state: string, why: RegExp]>>;
}

const CASES: readonly Case[] = [
  { name: "no secrets", secrets: [], used: null },
  {
    name: "a repository of the URL in another spelling, for any project",
    secrets: [argocdRepository("app", { url: "HTTPS://git.example.com/Org/app.git", ...PASSWORD })],
    used: "app repository password",
    more: { inherited: [], template: null, client: "git", credentials: ["password"] },
    why: {
      app: [
        "used",
        /^Its URL matches, and it is not limited to a project\. It has its own credential/,
      ],
    },
  },
  {
    name: "the project's own repository takes precedence over one without a project",
    secrets: [
      argocdRepository("any", { url: URL, ...PASSWORD }),
      argocdRepository("own", { url: URL, project: "team", ...PASSWORD }),
      argocdRepository("other", { url: URL, project: "others", ...PASSWORD }),
    ],
    project: "team",
    used: "own repository password",
    why: {
      any: [
        "not_used",
        /^Its URL matches, but a repository of project 'team' takes precedence: 'own'\.$/,
      ],
      own: ["used", /^Its URL and project match\./],
      other: ["not_used", /it is for project 'others' only\.$/],
    },
  },
  {
    name: "the longer of two templates is used",
    secrets: [
      argocdTemplate("host", { url: "https://git.example.com/", password: "fake" }),
      argocdTemplate("org", { url: "https://git.example.com/org/", ...PASSWORD }),
    ],
    used: "org template password",
    more: { repository: null, inherited: ["username", "password"] },
    why: {
      org: ["used", /^Its URL is the longest matching prefix\.$/],
      host: ["not_used", /a prefix, but a longer one takes precedence: 'org'\.$/],
    },
  },
  {
    name: "a repository with its own credential does not use templates",
    secrets: [
      argocdRepository("app", { url: URL, sshPrivateKey: "fake" }),
      argocdTemplate("org", { url: "https://git.example.com/org/", ...PASSWORD }),
    ],
    used: "app repository ssh_private_key",
    more: { template: null },
    why: {
      app: ["used", /so Argo CD ignores templates\.$/],
      org: ["not_used", /a repository with its own credential takes precedence: 'app'\.$/],
    },
  },
  {
    name: "a user name alone counts as a credential, so Git gets none",
    secrets: [
      argocdRepository("app", { url: URL, username: "bot" }),
      argocdTemplate("org", { url: "https://git.example.com/org/", ...PASSWORD }),
    ],
    used: null,
    more: { template: null, credentials: [] },
    why: {
      app: ["used", /Its user name alone counts as a credential/],
      org: ["not_used", /a repository with its own credential takes precedence: 'app'\.$/],
    },
  },
  {
    name: "for charts a user name alone is a login",
    secrets: [argocdRepository("app", { url: URL, type: "helm", username: "bot" })],
    used: "app repository password",
    more: { client: "helm" },
  },
  {
    name:
      "a Google key does not count as the repository's own: the template's password takes precedence",
    secrets: [
      argocdRepository("app", { url: URL, gcpServiceAccountKey: "{}" }),
      argocdTemplate("org", { url: "https://git.example.com/org", ...PASSWORD }),
    ],
    used: "org template password",
    more: { credentials: ["password", "gcp_service_account_key"] },
  },
  {
    name: "a Google key is used beside a template without a credential",
    secrets: [
      argocdRepository("app", { url: URL, gcpServiceAccountKey: "{}" }),
      argocdTemplate("org", {
        url: "https://git.example.com/org",
        proxy: "http://proxy.example.com",
      }),
    ],
    used: "app repository gcp_service_account_key",
    more: { inherited: ["proxy"] },
  },
  {
    name: "a template without enableOCI turns off the repository's",
    secrets: [
      argocdRepository("charts", { url: "ghcr.io/org/charts", type: "helm", enableOCI: "true" }),
      argocdTemplate("org", { url: "ghcr.io/org/", type: "helm", ...PASSWORD }),
    ],
    url: "ghcr.io/org/charts",
    used: "org template password",
    more: { overwritten: ["enableOCI"], client: "helm" },
  },
  {
    name: "an Azure identity of a template is used if there is nothing else",
    secrets: [
      argocdTemplate("azure", { url: "https://git.example.com/", useAzureWorkloadIdentity: "1" }),
    ],
    used: "azure template azure_workload_identity",
    more: { inherited: ["useAzureWorkloadIdentity"] },
  },
  {
    name: "a template's Azure keys in a repository's spelling are ignored",
    secrets: [argocdTemplate("azure", {
      url: "https://git.example.com/",
      azureServicePrincipalClientId: "fake",
      azureServicePrincipalTenantId: "fake",
      azureServicePrincipalClientSecret: "fake",
    })],
    used: null,
  },
  {
    name: "an OCI artifact uses user name and password only",
    secrets: [argocdRepository("oci", { url: "oci://ghcr.io/org/app", sshPrivateKey: "fake" })],
    url: "oci://ghcr.io/org/app",
    used: null,
    more: { client: "oci" },
  },
  {
    name: "with a password and a token, the token is used",
    secrets: [argocdRepository("app", { url: URL, ...PASSWORD, bearerToken: "fake" })],
    used: "app repository bearer_token",
    more: { credentials: ["bearer_token", "password"] },
  },
  {
    name: "a repository's value that cannot be parsed fails the Application",
    secrets: [argocdRepository("app", { url: URL, ...PASSWORD, insecure: "yes" })],
    used: null,
    more: { failed: { namespace: "argocd", name: "app" } },
    why: {
      app: ["used", /cannot parse its key 'insecure': an Application with this URL fails\.$/],
    },
  },
  {
    name: "a repository's value that cannot be parsed means that no template is looked up",
    secrets: [
      argocdRepository("app", { url: URL, depth: "" }),
      argocdTemplate("org", { url: "https://git.example.com/org/", ...PASSWORD }),
    ],
    used: null,
    why: {
      app: ["used", /cannot parse its key 'depth'/],
      org: ["not_used", /longest matching prefix, but Argo CD fails on the repository: 'app'\.$/],
    },
  },
  {
    name: "a template's value that cannot be parsed has no effect if no template is looked up",
    secrets: [
      argocdRepository("app", { url: URL, ...PASSWORD }),
      argocdTemplate("org", { url: "https://git.example.com/org/", enableOCI: "" }),
    ],
    used: "app repository password",
    more: { failed: null },
  },
  {
    name: "write credentials and cluster secrets are ignored",
    secrets: [
      storedSecret({ name: "w", secretType: "repository-write", data: { url: URL, ...PASSWORD } }),
      storedSecret({ name: "v", secretType: "repo-write-creds", data: { url: URL, ...PASSWORD } }),
      storedSecret({ name: "c", secretType: "cluster", data: { url: URL } }),
    ],
    used: null,
    more: { candidates: [], findings: [] },
  },
  {
    name: "other spellings of the URL are listed with the difference",
    secrets: [
      argocdRepository("http", { url: "http://git.example.com/org/app" }),
      argocdRepository("slash", { url: `${URL}/` }),
      argocdRepository("ssh", { url: "git@git.example.com:org/app.git" }),
      argocdRepository("port", { url: "https://git.example.com:8443/org/app" }),
      argocdTemplate("user", { url: "https://bot@git.example.com/org/" }),
      argocdTemplate("exact", { url: `${URL}/` }),
      argocdRepository("elsewhere", { url: "https://git.example.com/org/app2" }),
      argocdTemplate("others", { url: "https://git.example.com/others/" }),
    ],
    used: null,
    why: {
      http: ["not_used", /^Its URL does not match: its scheme is http, not https\.$/],
      slash: ["not_used", /it ends with a slash\.$/],
      ssh: ["not_used", /its scheme is ssh, not https, and it has a user before the host\.$/],
      port: ["not_used", /it has port 8443\.$/],
      user: ["not_used", /^Its URL is not a prefix: it has a user before the host\.$/],
      exact: ["not_used", /^Its URL is not a prefix: it ends with a slash\.$/],
    },
  },
  {
    name: "a URL that Go cannot parse matches a repository exactly, and no template",
    secrets: [
      argocdRepository("app", {
        url: "192.0.2.10:1843/org/app",
        username: "bot",
        password: "fake",
      }),
      argocdTemplate("org", { url: "192.0.2.10:1843/org/", ...PASSWORD }),
    ],
    url: "192.0.2.10:1843/org/app",
    used: "app repository password",
    why: {
      app: ["used", /^Its URL matches/],
      org: ["not_used", /^Argo CD cannot parse its URL and never uses it\.$/],
    },
  },
];

for (const each of CASES) {
  Deno.test(`explained: ${each.name}`, () => {
    const { secrets, url = URL, project = "default", used, more = {}, why } = each;
    const explained = explainRepository(secrets, url, project);
    const { used: found } = explained;
    equal(found && `${found.name} ${found.kind} ${found.credential}`, used);
    equal(explained.ambiguous, false);
    for (const [key, value] of Object.entries(more)) {
      deepEqual(explained[key as keyof RepositoryExplanation], value, key);
    }
    if (why === undefined) return;
    const names = explained.candidates.map(({ name }) => name);
    deepEqual(names.sort(), Object.keys(why).sort());
    for (const [name, [state, reason]] of Object.entries(why)) {
      const candidate = explained.candidates.find((each) => each.name === name);
      ok(candidate !== undefined, `${name} is no candidate`);
      equal(candidate.state, state, name);
      match(candidate.why, reason);
    }
  });
}
