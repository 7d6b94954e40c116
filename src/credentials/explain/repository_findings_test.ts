import { deepEqual, equal, match } from "node:assert/strict";
import { deadlineIn } from "../../kube/deadline.ts";
import { FakeCluster } from "../../kube/fake/store.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { argocdRepository, argocdTemplate, storedSecret } from "../fake/argocd_secret.ts";
import { openKeys } from "../kinds/repository.ts";
import { repositoryFindings } from "./repository_findings.ts";

const URL = "https://git.example.com/org/app";
const ORG = "https://git.example.com/org/";
const LOGIN = { username: "bot", password: "fake-password" };

interface Case {
  readonly name: string;
  readonly secrets: readonly StoredSecret[];
  /** `CODE: SECRETS` of all findings. */
  readonly found: readonly string[];
  /** Matches the first finding's message. */
  readonly message?: RegExp;
  readonly remedy?: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: "none for a correct repository and template",
    secrets: [
      argocdRepository("app", { url: URL, ...LOGIN }),
      argocdTemplate("org", { url: ORG, ...LOGIN }),
    ],
    found: [],
  },
  {
    name: "an invalid boolean breaks the Applications with the URL",
    secrets: [argocdRepository("app", { url: URL, insecure: "yes", enableLfs: "true\n" })],
    found: ["unparsable_value: app", "unparsable_value: app"],
    message: /'insecure' that Argo CD cannot parse as a boolean .*: every Application with its URL/,
    remedy: /^Set it to "true" or "false", .*, or remove the key$/,
  },
  {
    name: "an invalid value in a project's repository breaks all Applications of the project",
    secrets: [argocdRepository("app", { url: URL, project: "team", depth: "" })],
    found: ["unparsable_value: app"],
    message: /as an integer .*: every Application of project 'team' fails$/,
  },
  {
    name: "an invalid value in a template of charts breaks all Applications",
    secrets: [argocdTemplate("org", { url: ORG, type: "Helm", enableOCI: "" })],
    found: ["unparsable_value: org"],
    message: /: manifest generation fails for every Application of this Argo CD$/,
  },
  {
    name: "an invalid value in another template breaks the Applications that use it",
    secrets: [argocdTemplate("org", { url: ORG, githubAppID: "12x" })],
    found: ["unparsable_value: org"],
    message: /every Application that would use it fails$/,
  },
  {
    name: "none for a repository's keys in a template, which Argo CD does not read",
    secrets: [argocdTemplate("org", { url: ORG, insecure: "yes", depth: "x", ...LOGIN })],
    found: [],
  },
  {
    name: "two repositories of one URL and project",
    secrets: [
      argocdRepository("a", { url: URL, ...LOGIN }),
      argocdRepository("b", { url: `${URL.toUpperCase()}.git`, ...LOGIN }),
      argocdRepository("c", { url: URL, project: "team", ...LOGIN }),
    ],
    found: ["duplicate_url: a b"],
    message: /^Repository 'a' has the same URL as 'b', .*: Argo CD picks one of them at random/,
  },
  {
    name: "two templates of one prefix, unless one is for writes",
    secrets: [
      argocdTemplate("a", { url: ORG, ...LOGIN }),
      argocdTemplate("b", { url: "https://GIT.example.com/org/", project: "ignored", ...LOGIN }),
      storedSecret({ name: "c", secretType: "repo-write-creds", data: { url: ORG, ...LOGIN } }),
    ],
    found: ["duplicate_url: a b"],
  },
  {
    name: "two write repositories of one URL",
    secrets: ["a", "b"].map((name) =>
      storedSecret({ name, secretType: "repository-write", data: { url: URL, ...LOGIN } })
    ),
    found: ["duplicate_url: a b"],
    message: /^Write repository 'a'/,
  },
  {
    name: "a template without a slash at its end",
    secrets: [argocdTemplate("org", { url: "https://git.example.com/org", ...LOGIN })],
    found: ["template_matches_others: org"],
    message:
      /also matches longer names of other owners, such as https:\/\/git\.example\.com\/org-other$/,
    remedy: /^Add a trailing slash to its URL$/,
  },
  {
    name: "a template of charts without a slash at its end, which is a usual repoURL",
    secrets: [
      argocdTemplate("org", { url: "ghcr.io/org", type: "helm", enableOCI: "true", ...LOGIN }),
    ],
    found: ["template_matches_others: org"],
    remedy: /slash to its URL, and add a repository secret for the URL without the slash/,
  },
  {
    name: "none for a template that ends with .git, which Argo CD removes",
    secrets: [argocdTemplate("org", { url: "https://git.example.com/org/.git", ...LOGIN })],
    found: [],
  },
  {
    name: "a template of a host without a slash, which matches other hosts",
    secrets: [argocdTemplate("host", { url: "https://git.example.com", ...LOGIN })],
    found: ["template_matches_others: host"],
    message: /also matches other hosts .*, such as https:\/\/git\.example\.com\.example\.net$/,
  },
  {
    name: "a template of a whole public host",
    secrets: [
      argocdTemplate("shared", { url: "https://github.com/", ...LOGIN }),
      argocdTemplate("shared-ssh", { url: "git@github.com:", sshPrivateKey: "fake" }),
      argocdTemplate("own", { url: "https://git.example.com/", ...LOGIN }),
    ],
    found: ["template_matches_others: shared", "template_matches_others: shared-ssh"],
    message: /matches every repository on github\.com .*, of any owner$/,
    remedy: /^Use https:\/\/github\.com\/ORG\/ as the URL$/,
  },
  {
    name: "a template of a whole public host over SSH",
    secrets: [argocdTemplate("ssh", { url: "git@github.com:", sshPrivateKey: "fake" })],
    found: ["template_matches_others: ssh"],
    remedy: /^Use git@github\.com:ORG\/ as the URL$/,
  },
  {
    name: "a template that turns off a repository's OCI",
    secrets: [
      argocdRepository("a", { url: "oci.example.com/org/a", type: "helm", enableOCI: "true" }),
      argocdRepository("b", { url: "oci.example.com/org/b", type: "helm", enableOCI: "true" }),
      argocdRepository("own", { url: "oci.example.com/org/c", enableOCI: "true", ...LOGIN }),
      argocdTemplate("org", { url: "oci.example.com/org/", type: "helm", ...LOGIN }),
    ],
    found: ["template_without_enable_oci: org a b"],
    message: /used for 2 repositories with enableOCI, such as 'a', but does not set enableOCI/,
  },
  {
    name: "a template for an OCI registry without enableOCI",
    secrets: [
      argocdTemplate("org", { url: "ghcr.io/org/", type: "helm", ...LOGIN }),
      argocdTemplate("plain", { url: "https://charts.example.com/org/", type: "helm", ...LOGIN }),
      argocdTemplate("oci", { url: "oci://ghcr.io/org/", type: "oci", ...LOGIN }),
      argocdTemplate("ssh", { url: "git@git.example.com:org/", sshPrivateKey: "fake" }),
    ],
    found: ["template_without_enable_oci: org"],
    message: /for an OCI registry, since its URL \(ghcr\.io\/org\/\) has no scheme/,
    remedy: /^Set its enableOCI to "true"$/,
  },
  {
    name: "a repository with a user name only",
    secrets: [
      argocdRepository("app", { url: URL, username: "bot" }),
      argocdRepository("charts", { url: `${URL}-charts`, username: "bot", type: "helm" }),
      argocdRepository("key", {
        url: "git@git.example.com:org/key",
        username: "bot",
        sshPrivateKey: "f",
      }),
      argocdTemplate("org", { url: ORG, username: "bot" }),
    ],
    found: ["username_only: app", "username_only: charts"],
    message: /counts as a credential, so Argo CD ignores templates, and Git gets no credential$/,
  },
  {
    name: "a credential that Git does not use for the URL",
    secrets: [
      argocdRepository("ssh", { url: "git@git.example.com:org/app", ...LOGIN }),
      argocdTemplate("https", { url: ORG, sshPrivateKey: "fake" }),
      argocdRepository("both", { url: URL, sshPrivateKey: "fake", ...LOGIN }),
      argocdRepository("charts", { url: "bot@git.example.com", type: "helm", ...LOGIN }),
    ],
    found: ["credential_unfit: https", "credential_unfit: ssh"],
    message: /^Template 'https' has a credential \(ssh_private_key\) that Git cannot use/,
    remedy: /^Add a password or token, or use an SSH URL/,
  },
  {
    name: "Azure keys in the spelling of the other kind of secret",
    secrets: [
      argocdRepository("app", { url: URL, azureServicePrincipalClientID: "fake", ...LOGIN }),
      argocdTemplate("org", { url: ORG, azureServicePrincipalTenantId: "fake", ...LOGIN }),
      argocdRepository("both", {
        url: `${URL}-both`,
        ...LOGIN,
        azureServicePrincipalClientId: "fake",
        azureServicePrincipalClientID: "fake",
      }),
    ],
    found: ["azure_key_spelling: app", "azure_key_spelling: org"],
    message: /'azureServicePrincipalClientID', which Argo CD reads only from templates$/,
    remedy: /^Rename the key to 'azureServicePrincipalClientId'$/,
  },
  {
    name: "plain HTTP",
    secrets: [
      argocdRepository("app", { url: "HTTP://git.example.com/org/app", ...LOGIN }),
      argocdRepository("oci", {
        url: "oci://oci.example.com/a",
        insecureOCIForceHttp: "1",
        ...LOGIN,
      }),
    ],
    found: ["plain_http: app", "plain_http: oci"],
    message: /uses plain HTTP \(its URL starts with http:\/\/\)/,
  },
  {
    name: "a server that is not verified",
    secrets: [
      argocdRepository("app", { url: URL, insecure: "true", ...LOGIN }),
      argocdRepository("old", { url: `${URL}-old`, insecureIgnoreHostKey: "t", ...LOGIN }),
      argocdRepository("fine", { url: `${URL}-fine`, insecure: "false", ...LOGIN }),
    ],
    found: ["tls_not_verified: app", "tls_not_verified: old"],
    remedy: /argocd-ssh-known-hosts-cm, and remove insecure$/,
  },
  {
    name: "a trailing line break in a password",
    secrets: [argocdRepository("app", { url: URL, username: "bot", password: "fake-password\n" })],
    found: ["white_space_around: app"],
    message: /trailing white space in 'password'/,
  },
  {
    name: "invalid URLs",
    secrets: [
      argocdTemplate("t", { url: "192.0.2.10:1843/org/", ...LOGIN }),
      argocdRepository("r", { url: "192.0.2.10:1843/org/app", ...LOGIN }),
      argocdRepository("none", LOGIN),
    ],
    found: ["unparsable_url: none", "unparsable_url: r", "unparsable_url: t"],
    message: /has no URL, so it is never used$/,
  },
];

for (const { name, secrets, found, message, remedy } of CASES) {
  Deno.test(`finding: ${name}`, () => {
    const findings = repositoryFindings(secrets);
    const codes = findings.map(({ code, secrets }) =>
      `${code}: ${secrets.map(({ name }) => name).join(" ")}`
    );
    deepEqual(codes, found);
    if (message !== undefined) match(findings[0]!.message, message);
    if (remedy !== undefined) match(findings[0]!.remedy ?? "", remedy);
    for (const { secrets } of findings) {
      for (const { namespace } of secrets) equal(namespace, "argocd");
    }
  });
}

Deno.test("without values the findings are the same, except for white space around a value", async () => {
  for (const { name, secrets } of CASES) {
    const cluster = new FakeCluster();
    for (const each of secrets) cluster.put(each);
    const keys = openKeys();
    const withheld = await cluster.store().listData({ namespace: "argocd", keys }, deadlineIn(5));
    const told = (those: readonly StoredSecret[]) =>
      repositoryFindings(those).filter(({ code }) => code !== "white_space_around");
    deepEqual(told(withheld), told(secrets), name);
  }
});
