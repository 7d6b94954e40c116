import assert from "node:assert/strict";
import { makeSshKey } from "../material.ts";
import { dataOf, NO_LOGIN, repo } from "../requests.ts";
import { stored } from "../stage.ts";
import { type Row, testsOf } from "../support.ts";

/** URLs of add_repo by type: the stored URL and the one for Applications. */

interface Accepted {
  readonly url: string;
  readonly type: "git" | "helm" | "oci";
  readonly as?: "repo-creds";
  readonly stored: string;
  /** @default the stored URL */
  readonly application?: string;
  /** The URL of the template written beside it. */
  readonly template?: string;
  /** The URL of the repository written beside a template. */
  readonly exact?: string;
  readonly hint?: string;
  readonly more?: object;
}

const SLASH =
  "The URL ends with a slash, which Argo CD takes literally: an Application needs it too";
const PLAIN = "The URL begins with http://, so the credential travels unencrypted";
const ended = (prefix: string) =>
  `A slash was appended to the prefix (${prefix}), so that it matches what is below, not longer names`;
const whoever = (host: string) =>
  `Argo CD uses the template for every repository on ${host} without its own credential, ` +
  "whoever owns the repository";

const ssh = { ...NO_LOGIN, ssh_private_key: makeSshKey() };

const ACCEPTED: Accepted[] = [
  { type: "git", url: "https://GitHub.com/Org/App.git", stored: "https://github.com/Org/App.git" },
  { type: "git", url: "github.com/org/app", stored: "https://github.com/org/app" },
  {
    type: "git",
    url: "https://dev.azure.com/org/My Project/_git/app",
    stored: "https://dev.azure.com/org/My%20Project/_git/app",
  },
  { type: "git", url: "https://git.example.com:8443/a", stored: "https://git.example.com:8443/a" },
  {
    type: "git",
    url: "http://git.example.com/a",
    stored: "http://git.example.com/a",
    hint: PLAIN,
  },
  {
    type: "git",
    url: "https://git.example.com/a/",
    stored: "https://git.example.com/a/",
    hint: SLASH,
  },
  {
    type: "git",
    url: "git@github.com:org/app.git",
    stored: "git@github.com:org/app.git",
    more: ssh,
  },
  {
    type: "git",
    url: "ssh://git@GitHub.com:22/org/app",
    stored: "ssh://git@github.com:22/org/app",
    more: ssh,
  },
  { type: "helm", url: "charts.example.com/x", stored: "https://charts.example.com/x" },
  { type: "helm", url: "ghcr.io/org/charts", stored: "ghcr.io/org/charts" },
  {
    type: "helm",
    url: "https://ghcr.io/org/*",
    stored: "ghcr.io/org",
    template: "ghcr.io/org/",
  },
  {
    type: "helm",
    url: "https://ghcr.io",
    stored: "ghcr.io",
    application: "ghcr.io/<path>",
    template: "ghcr.io/",
  },
  {
    type: "helm",
    url: "https://ghcr.io/org/*",
    more: { template: false },
    stored: "ghcr.io/org",
  },
  { type: "oci", url: "oci://ghcr.io/org/app", stored: "oci://ghcr.io/org/app" },
  { type: "oci", url: "ghcr.io/org/app/", stored: "oci://ghcr.io/org/app" },
  {
    type: "oci",
    url: "registry.example.com:5000/a",
    stored: "oci://registry.example.com:5000/a",
    more: { insecure_oci_http: true },
  },
  {
    type: "git",
    as: "repo-creds",
    url: "https://github.com/org",
    stored: "https://github.com/org/",
    application: "https://github.com/org/<path>",
    hint: ended("https://github.com/org/"),
  },
  {
    type: "git",
    as: "repo-creds",
    url: "https://github.com/org/*",
    stored: "https://github.com/org/",
    application: "https://github.com/org/<path>",
  },
  {
    type: "git",
    as: "repo-creds",
    url: "https://github.com/org/app.git/",
    stored: "https://github.com/org/app.git/",
    application: "https://github.com/org/app.git/<path>",
  },
  {
    type: "git",
    as: "repo-creds",
    url: "https://github.com/",
    stored: "https://github.com/",
    application: "https://github.com/<path>",
    hint: whoever("github.com"),
  },
  {
    type: "git",
    as: "repo-creds",
    url: "github.com",
    stored: "https://github.com/",
    application: "https://github.com/<path>",
    hint: `${ended("https://github.com/")}. ${whoever("github.com")}`,
  },
  {
    type: "git",
    as: "repo-creds",
    url: "git@github.com:org/",
    stored: "git@github.com:org/",
    application: "git@github.com:org/<path>",
    more: ssh,
  },
  {
    type: "git",
    as: "repo-creds",
    url: "git@github.com",
    stored: "git@github.com:",
    application: "git@github.com:<path>",
    hint: whoever("github.com"),
    more: ssh,
  },
  {
    type: "helm",
    as: "repo-creds",
    url: "https://charts.example.com/team/*",
    stored: "https://charts.example.com/team/",
    application: "https://charts.example.com/team/<path>",
    exact: "https://charts.example.com/team",
  },
  {
    type: "helm",
    as: "repo-creds",
    url: "ghcr.io/org/",
    stored: "ghcr.io/org/",
    application: "ghcr.io/org/<path>",
    exact: "ghcr.io/org",
  },
  {
    type: "oci",
    as: "repo-creds",
    url: "oci://ghcr.io/org/*",
    stored: "oci://ghcr.io/org/",
    application: "oci://ghcr.io/org/<path>",
    exact: "oci://ghcr.io/org",
  },
];

const accepted = ACCEPTED.map((row): Row => {
  const { type, as, url, more = {} } = row;
  const secretType = as ?? "repository";
  return {
    name: `${type} ${secretType} ${url} ${JSON.stringify(Object.keys(more))} is stored as ` +
      row.stored,
    request: () => repo({ type, url, ...(as ? { as } : {}), ...more }),
    status: 200,
    changes: true,
    body: {
      success: true,
      cluster: "test-cluster",
      type,
      as: secretType,
      results: [{
        name: "my-repo",
        url,
        result: { success: true, namespace: "argocd", output: "secret/my-repo created" },
        ...(row.template ? { template: "my-repo-template" } : {}),
        ...(row.exact ? { repository: "my-repo-repository" } : {}),
        application_repo_url: row.application ?? row.stored,
      }],
      ...(row.hint ? { hint: row.hint } : {}),
      message: `Repository ${as ? "template " : ""}secret created successfully`,
    },
    after: ({ cluster }) => {
      const names = [
        "my-repo",
        ...(row.template ? ["my-repo-template"] : []),
        ...(row.exact ? ["my-repo-repository"] : []),
      ];
      assert.deepEqual([...cluster.secrets.values()].map(({ name }) => name), names);
      const { url, type: kind } = dataOf(cluster, "argocd/my-repo");
      assert.deepEqual([url, kind], [row.stored, type]);
      if (row.template) {
        assert.equal(stored(cluster, "argocd/my-repo-template", "url"), row.template);
      }
      if (row.exact) {
        const { name, ...exact } = dataOf(cluster, "argocd/my-repo-repository");
        assert.equal(name, "my-repo-repository");
        assert.deepEqual(exact, { ...dataOf(cluster, "argocd/my-repo"), url: row.exact });
      }
    },
  };
});

for (const test of testsOf(accepted)) Deno.test(test);
