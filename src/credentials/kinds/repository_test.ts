import assert from "node:assert/strict";
import type { SecretSummary, StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { shownUsername } from "./password.ts";
import { identityOf, repositorySecrets, templateName } from "./repository.ts";
import { parseRepositoryUrl } from "./url.ts";

function secrets(text: string, options: { useOci?: boolean; template?: boolean } = {}) {
  const url = parseRepositoryUrl(text, options.useOci);
  assert.ok(url.ok);
  const { secret, template } = repositorySecrets(
    {
      as: "repository",
      type: "helm",
      argocdNamespace: "argocd",
      credential: { kind: "password", username: "user", password: seal("pass:\nword") },
      options: {},
      template: options.template ?? true,
    },
    "repo",
    url.value,
  );
  return template === undefined ? [secret] : [secret, template];
}

const decoded = (data: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      new TextDecoder().decode(Uint8Array.fromBase64(value)),
    ]),
  );

const login = { type: "helm", username: "user", password: "pass:\nword" };

const WRITTEN: [url: string, useOci: boolean | undefined, data: object, template?: object][] = [
  ["charts.example.com/x", undefined, {
    name: "repo",
    url: "https://charts.example.com/x",
    ...login,
  }],
  ["oci://registry.example.com:5000/x", undefined, {
    name: "repo",
    url: "registry.example.com:5000/x",
    ...login,
    enableOCI: "true",
  }],
  [
    "https://ghcr.io/",
    undefined,
    { name: "repo", url: "ghcr.io", ...login, enableOCI: "true" },
    { url: "ghcr.io/", ...login, enableOCI: "true" },
  ],
  [
    "https://charts.example.com/a/*",
    undefined,
    { name: "repo", url: "https://charts.example.com/a", ...login },
    { url: "https://charts.example.com/a/", ...login },
  ],
  ["ghcr.io/org", false, { name: "repo", url: "https://ghcr.io/org", ...login }],
];

for (const [url, useOci, data, template] of WRITTEN) {
  const also = template ? " and its template" : " alone";
  Deno.test(`${url} with use_oci ${useOci ?? "absent"} is written as a repository${also}`, () => {
    const [repository, second, ...more] = secrets(url, { useOci });
    assert.deepEqual(decoded(repository!.data.reveal()), data);
    assert.equal(repository!.labels["argocd.argoproj.io/secret-type"], "repository");
    assert.deepEqual(second && decoded(second.data.reveal()), template);
    assert.deepEqual(more, []);
    if (!second) return;
    assert.equal(second.name, templateName("repo"));
    assert.equal(second.labels["argocd.argoproj.io/secret-type"], "repo-creds");
  });
}

Deno.test("template: false writes the repository alone", () => {
  assert.equal(secrets("https://ghcr.io/", { template: false }).length, 1);
});

Deno.test("Argo CD's annotation lets argocd repo rm delete the whole secret", () => {
  for (const { annotations, type, namespace } of secrets("ghcr.io")) {
    assert.deepEqual(annotations, { "managed-by": "argocd.argoproj.io" });
    assert.deepEqual([type, namespace], ["Opaque", "argocd"]);
  }
});

function current(labels: Record<string, string>, data: Record<string, string> = {}): StoredSecret {
  return {
    namespace: "argocd",
    name: "repo",
    type: "Opaque",
    labels,
    annotations: {},
    data: seal(data),
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
  };
}

const FOREIGN = [
  "cluster",
  "helm-repo-creds",
  "repository-write",
  "repo-write-creds",
  "",
  undefined,
];

Deno.test("a repository and its template recognize their own kind, and no foreign secret", () => {
  const typed = (type?: string): Record<string, string> =>
    type === undefined ? {} : { "argocd.argoproj.io/secret-type": type };
  const [repository, template] = secrets("https://ghcr.io/");
  assert.equal(repository!.recognises(current(typed("repository"))), true);
  assert.equal(template!.recognises(current(typed("repo-creds"))), true);
  for (const type of FOREIGN) {
    assert.equal(repository!.recognises(current(typed(type))), false, `${type}`);
    assert.equal(template!.recognises(current(typed(type))), false, `${type}`);
  }
});

Deno.test("a replacement keeps other fields and drops other kinds of credential", () => {
  const kept = {
    project: "dGVhbQ==",
    proxy: "eA==",
    insecure: "dHJ1ZQ==",
    noProxy: "eQ==",
    depth: "MQ==",
  };
  const dropped = ["sshPrivateKey", "bearerToken"]
    .concat(["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"])
    .concat(["githubAppEnterpriseBaseUrl", "gcpServiceAccountKey", "useAzureWorkloadIdentity"]);
  const old = {
    ...kept,
    ...Object.fromEntries(dropped.map((key) => [key, "eA=="])),
    password: "b2xk",
    enableOCI: "dHJ1ZQ==",
  };
  const [plain] = secrets("https://x.example/y");
  const data = plain!.merge(current({}, old)).reveal();
  assert.deepEqual(data, { ...kept, ...plain!.data.reveal() });
  const [oci] = secrets("oci://x.example/y");
  assert.equal(oci!.merge(current({}, old)).reveal().enableOCI, btoa("true"));
});

Deno.test("a written secret has the identity that it has when it is listed", () => {
  for (const text of ["https://X.example/Y.git", "https://ghcr.io/*", "x.example/y/"]) {
    for (const secret of secrets(text)) {
      const listed: SecretSummary = {
        ...secret,
        labels: { ...secret.labels },
        creationTimestamp: "",
        repository: { url: decoded(secret.data.reveal()).url, usernameIsToken: false },
      };
      assert.deepEqual(identityOf(listed), { ...secret.identity, project: "" });
    }
  }
});

const USERNAMES: [username: string | undefined, isToken: boolean, shown: string | undefined][] = [
  ["octocat", false, "octocat"],
  ["octocat", true, "***"],
  ["ghp_abcdefghijklmnop", false, "ghp_***"],
  ["ghs_abcdefghijklmnop", true, "ghs_***"],
  ["github_pat_abc", false, "github_pat_***"],
  ["glpat-abc", false, "glpat-***"],
  ["eyJhbGciOiJSUzI1NiJ9.e30.x", false, "eyJ***"],
  ["my-ghp_name", false, "my-ghp_name"],
  ["", false, ""],
  [undefined, true, undefined],
];

for (const [username, usernameIsToken, shown] of USERNAMES) {
  const beside = usernameIsToken ? " beside x-oauth-basic" : "";
  Deno.test(`the user name ${username?.slice(0, 12)}${beside} is shown as ${shown}`, () => {
    assert.equal(shownUsername({ username, usernameIsToken }), shown);
  });
}
