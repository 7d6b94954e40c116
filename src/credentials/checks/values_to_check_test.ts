import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, Sealed } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { argocdRepository, argocdTemplate, storedSecret } from "../fake/argocd_secret.ts";
import { dockercfg, fakePullSecret, login, pullSecretOf } from "../fake/pull_secret.ts";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import { allValuesToCheck, valuesToCheck } from "./values_to_check.ts";
import type { ValueToCheck } from "./check_target.ts";

/** With plain values, for comparisons. */
function open(value: unknown): unknown {
  if (value instanceof Sealed) return value.reveal();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, open(each)]),
  );
}

/** By place in the secret: the check target, or why there is none. */
function told(values: readonly ValueToCheck[]): Record<string, unknown> {
  return Object.fromEntries(
    values.map((value) => [
      value.place,
      "what" in value ? open(value.what) : value.notTried,
    ]),
  );
}

const GIT = "https://git.example.com/team/app";
const LOGIN = { username: "ci", password: "s3cret" };
const registryAt = (host: string, more: object = {}) => ({
  kind: "registry",
  host,
  ...LOGIN,
  ...more,
  transport: {},
});
const git = (more: object = {}) => ({ kind: "git", url: GIT, ...LOGIN, transport: {}, ...more });

const PULL_SECRETS: [what: string, secret: StoredSecret, expected: object][] = [
  [
    "each registry of a pull secret",
    fakePullSecret("pull", {
      "ghcr.io": login("ci", "s3cret"),
      "registry.example.com:5000": login("ci", "s3cret"),
    }),
    {
      "ghcr.io": registryAt("ghcr.io"),
      "registry.example.com:5000": registryAt("registry.example.com:5000"),
    },
  ],
  ["the host of a path", fakePullSecret("pull", { "ghcr.io/org/": login("ci", "s3cret") }), {
    "ghcr.io/org/": registryAt("ghcr.io"),
  }],
  [
    "Docker Hub by whatever name",
    fakePullSecret("pull", {
      "https://index.docker.io/v1/": login("ci", "s3cret"),
      "https://registry-1.docker.io": login("ci", "s3cret"),
    }),
    {
      "https://index.docker.io/v1/": registryAt("docker.io"),
      "https://registry-1.docker.io": registryAt("docker.io"),
    },
  ],
  ["'auth' alone", fakePullSecret("pull", { "ghcr.io": { auth: encodeBase64Text("ci:s3cret") } }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  ["the password alone", fakePullSecret("pull", { "ghcr.io": LOGIN }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  ["the older form", dockercfg("pull", { "ghcr.io": login("ci", "s3cret") }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  [
    "'auth', and no other password",
    fakePullSecret("pull", {
      "ghcr.io": { auth: encodeBase64Text("ci:s3cret"), username: "ci", password: "older" },
    }),
    {
      "ghcr.io": registryAt("ghcr.io"),
      "ghcr.io (password)":
        "The kubelet does not use it: 'auth' takes precedence over 'username' and 'password'",
    },
  ],
  ["no identity token", fakePullSecret("pull", { "ghcr.io": { identitytoken: "s3cret" } }), {
    "ghcr.io":
      "The kubelet does not use it: 'auth' takes precedence over 'username' and 'password'",
  }],
  ["no pattern", fakePullSecret("pull", { "*.example.com": login("ci", "s3cret") }), {
    "*.example.com": "Its key in the Docker configuration is not the name of one registry",
  }],
  ["nothing that cannot be read", pullSecretOf("pull", "{"), {
    ".dockerconfigjson": "The Docker configuration cannot be parsed",
  }],
  [
    "not the secret of Image Updater",
    {
      ...pullSecretOf("pull-iu", ""),
      type: "Opaque",
      data: seal({ username: encodeBase64Text("ci"), password: encodeBase64Text("s3cret") }),
    },
    { password: "The secret does not say where the value is used" },
  ],
];

for (const [what, secret, expected] of PULL_SECRETS) {
  Deno.test(`the check targets of a pull secret: ${what}`, () => {
    assert.deepEqual(told(valuesToCheck(secret)), expected);
  });
}

const REPOSITORIES: [what: string, data: Readonly<Record<string, string>>, expected: object][] = [
  ["Git with a password", { url: GIT, type: "git", ...LOGIN }, { password: git() }],
  ["Git without a type", { url: GIT, ...LOGIN }, { password: git() }],
  ["Git with a password alone", { url: GIT, password: "s3cret" }, {
    password: git({ username: "x-access-token" }),
  }],
  ["Git with a token for a user", { url: GIT, username: "ghp_x", password: "x-oauth-basic" }, {
    username: git({ username: "ghp_x", password: "x-oauth-basic" }),
  }],
  ["Git with a bearer token beside a password", { url: GIT, bearerToken: "token", ...LOGIN }, {
    password: "Argo CD does not use it, but bearer_token of the same secret",
    bearerToken: { kind: "git", url: GIT, bearerToken: "token", transport: {} },
  }],
  ["a GitHub App", {
    url: GIT,
    githubAppID: "12",
    githubAppInstallationID: "34",
    githubAppPrivateKey: "no key",
  }, {
    githubAppPrivateKey: /^the stored github_app /,
  }],
  ["an SSH key", { url: "git@git.example.com:team/app", sshPrivateKey: "no key" }, {
    sshPrivateKey: /^the stored ssh_private_key /,
  }],
  ["no password by SSH", { url: "git@git.example.com:team/app", ...LOGIN }, {
    password: "SSH logins are not verified",
  }],
  ["a user and port by HTTPS", { url: "https://ci@git.example.com:8443/app", ...LOGIN }, {
    password: git({ url: "https://git.example.com:8443/app" }),
    url: git({ url: "https://git.example.com:8443/app" }),
  }],
  ["Google's key", { url: GIT, gcpServiceAccountKey: "{}" }, {
    gcpServiceAccountKey: /^the stored gcp_service_account_key /,
  }],
  ["charts", { url: "https://charts.example.com", type: "helm", ...LOGIN }, {
    password: { kind: "helm", url: "https://charts.example.com", ...LOGIN, transport: {} },
  }],
  [
    "charts in a registry",
    { url: "ghcr.io/org/charts", type: "helm", enableOCI: "true", ...LOGIN },
    {
      password: registryAt("ghcr.io", { repository: "org/charts" }),
    },
  ],
  ["an OCI artifact", { url: "oci://ghcr.io/org/app", type: "oci", ...LOGIN }, {
    password: registryAt("ghcr.io", { repository: "org/app" }),
  }],
  ["a login in the URL", { url: "https://ci:s%33cret@git.example.com/team/app" }, {
    url: git(),
  }],
  ["a token in the URL", { url: "https://s3cret@git.example.com/team/app" }, {
    url: { kind: "git", url: GIT, username: "s3cret", transport: {} },
  }],
  ["a proxy with a login", { url: GIT, ...LOGIN, proxy: "http://p:q@proxy:3128", noProxy: "a" }, {
    password: git({ transport: { proxy: "http://p:q@proxy:3128", noProxy: "a" } }),
    proxy: git({ transport: { proxy: "http://p:q@proxy:3128", noProxy: "a" } }),
  }],
  ["a client certificate beside a password", {
    url: GIT,
    ...LOGIN,
    insecure: "true",
    tlsClientCertData: "cert",
    tlsClientCertKey: "key",
  }, {
    password: git({ transport: { insecure: true, tlsClientCert: "cert", tlsClientKey: "key" } }),
    tlsClientCertKey: git({
      transport: { insecure: true, tlsClientCert: "cert", tlsClientKey: "key" },
    }),
  }],
  ["a key without its certificate", { url: GIT, ...LOGIN, tlsClientCertKey: "key" }, {
    password: git(),
    tlsClientCertKey: "Argo CD does not use a client certificate's key without the certificate",
  }],
  ["a value that Argo CD cannot parse", { url: GIT, ...LOGIN, insecure: "yes" }, {
    password: "Argo CD cannot parse key 'insecure' of the secret",
  }],
];

for (const [what, data, expected] of REPOSITORIES) {
  for (const secretType of ["repository", "repository-write"]) {
    Deno.test(`a ${secretType} with ${what} has a check target or a reason for each value`, () => {
      const found = told(valuesToCheck(storedSecret({ name: "app", secretType, data })));
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [place, wanted] of Object.entries(expected)) {
        if (wanted instanceof RegExp) assert.match(String(found[place]), wanted);
        else assert.deepEqual(found[place], wanted);
      }
    });
  }
}

/** The check targets of the secret with this name. */
function triedOf(name: string, argocd: readonly StoredSecret[]): Record<string, unknown> {
  const all = allValuesToCheck({ argocd, pullSecrets: [] });
  return told(all.find(({ secret }) => secret.name === name)!.values);
}

Deno.test("a template is checked at a repository that inherits its credential, with that repository's transport", () => {
  const prefix = argocdTemplate("creds", { url: "https://git.example.com/team/", ...LOGIN });
  assert.deepEqual(triedOf("creds", [prefix]), {
    password:
      "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
  });
  const user = argocdRepository("app", { url: GIT, insecure: "true" });
  const other = argocdRepository("other", { url: `${GIT}-other`, ...LOGIN });
  assert.deepEqual(triedOf("creds", [prefix, other]), {
    password:
      "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
  }, "one that has its own credential");
  assert.deepEqual(triedOf("creds", [other, prefix, user]), {
    password: git({ transport: { insecure: true } }),
  });
});

Deno.test("a template of a registry needs no repository, and a longer one takes its repositories", () => {
  const registry = argocdTemplate("creds", {
    url: "ghcr.io/org/",
    type: "helm",
    enableOCI: "true",
    ...LOGIN,
  });
  assert.deepEqual(triedOf("creds", [registry]), { password: registryAt("ghcr.io") });
  const short = argocdTemplate("short", { url: "https://git.example.com/", ...LOGIN });
  const long = argocdTemplate("long", { url: "https://git.example.com/team/", ...LOGIN });
  const all = [short, long, argocdRepository("app", { url: GIT })];
  assert.deepEqual(triedOf("long", all), { password: git() });
  assert.deepEqual(triedOf("short", all), {
    password:
      "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
  });
});

Deno.test("a repository with its own credential is checked without the template's options", () => {
  const prefix = argocdTemplate("creds", {
    url: "https://git.example.com/",
    username: "ci",
    proxy: "http://p:1",
  });
  const own = argocdRepository("own", { url: GIT, password: "s3cret", project: "other" });
  assert.deepEqual(triedOf("own", [prefix, own]), {
    password: git({ username: "x-access-token" }),
  });
});

Deno.test("a stored key is checked like a given one", () => {
  const app = {
    url: GIT,
    githubAppID: "12",
    githubAppInstallationID: "34",
    githubAppPrivateKey: String(rsaKeys().privateKey.export({ type: "pkcs1", format: "pem" })),
    githubAppEnterpriseBaseUrl: "https://git.example.com/api/v3",
  };
  const expected = {
    githubAppPrivateKey: {
      kind: "github_app",
      id: "12",
      installationId: "34",
      privateKey: app.githubAppPrivateKey,
      enterpriseUrl: app.githubAppEnterpriseBaseUrl,
      transport: {},
    },
  };
  assert.deepEqual(told(valuesToCheck(argocdRepository("app", app))), expected);
  // A template, too, is checked at GitHub's API.
  assert.deepEqual(told(valuesToCheck(argocdTemplate("app", app))), expected);
  const [value] = valuesToCheck(argocdRepository("app", app));
  assert.equal(value!.at, "https://git.example.com/api/v3 (installation 34 of app 12)");
});

Deno.test("a check target contains no value", () => {
  const canary = "CANARY-s3cret";
  const secrets = [
    argocdRepository("url", { url: `https://ci:${canary}@git.example.com/app` }),
    argocdRepository("proxy", { url: GIT, proxy: `http://p:${canary}@proxy:3128`, ...LOGIN }),
    argocdRepository("token", { url: GIT, username: `ghp_${canary}`, password: "x-oauth-basic" }),
    fakePullSecret("pull", { [`ci:${canary}@ghcr.io`]: login("ci", canary) }),
  ];
  for (const secret of secrets) {
    const values = valuesToCheck(secret);
    assert.ok(values.length > 0);
    assert.ok(!JSON.stringify(values.map(({ at, place }) => [at, place])).includes(canary));
  }
});
