import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, Sealed } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { repository, storedSecret, template } from "../fake/argocd_secret.ts";
import { dockercfg, login, pullSecret, pullSecretOf } from "../fake/pull_secret.ts";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import { triedIn, triedInAll } from "./tried_in.ts";
import type { TriedValue } from "./tried_value.ts";

/** With its values in the open, for comparisons. */
function open(value: unknown): unknown {
  if (value instanceof Sealed) return value.reveal();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, open(each)]),
  );
}

/** By its place in the secret: what would be asked, or why nothing is. */
function told(values: readonly TriedValue[]): Record<string, unknown> {
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
    pullSecret("pull", {
      "ghcr.io": login("ci", "s3cret"),
      "registry.example.com:5000": login("ci", "s3cret"),
    }),
    {
      "ghcr.io": registryAt("ghcr.io"),
      "registry.example.com:5000": registryAt("registry.example.com:5000"),
    },
  ],
  ["the host of a path", pullSecret("pull", { "ghcr.io/org/": login("ci", "s3cret") }), {
    "ghcr.io/org/": registryAt("ghcr.io"),
  }],
  [
    "Docker Hub by whatever name",
    pullSecret("pull", {
      "https://index.docker.io/v1/": login("ci", "s3cret"),
      "https://registry-1.docker.io": login("ci", "s3cret"),
    }),
    {
      "https://index.docker.io/v1/": registryAt("docker.io"),
      "https://registry-1.docker.io": registryAt("docker.io"),
    },
  ],
  ["'auth' alone", pullSecret("pull", { "ghcr.io": { auth: encodeBase64Text("ci:s3cret") } }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  ["the password alone", pullSecret("pull", { "ghcr.io": LOGIN }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  ["the older form", dockercfg("pull", { "ghcr.io": login("ci", "s3cret") }), {
    "ghcr.io": registryAt("ghcr.io"),
  }],
  [
    "'auth', and no other password beside it",
    pullSecret("pull", {
      "ghcr.io": { auth: encodeBase64Text("ci:s3cret"), username: "ci", password: "older" },
    }),
    {
      "ghcr.io": registryAt("ghcr.io"),
      "ghcr.io (password)": "kubelet does not send it: 'auth' comes first, then 'password'",
    },
  ],
  ["no identity token", pullSecret("pull", { "ghcr.io": { identitytoken: "s3cret" } }), {
    "ghcr.io": "kubelet does not send it: 'auth' comes first, then 'password'",
  }],
  ["no pattern", pullSecret("pull", { "*.example.com": login("ci", "s3cret") }), {
    "*.example.com": "its key in the Docker configuration names no single registry",
  }],
  ["nothing that cannot be read", pullSecretOf("pull", "{"), {
    ".dockerconfigjson": "its Docker configuration cannot be read",
  }],
  [
    "not what Image Updater commits with",
    {
      ...pullSecretOf("pull-iu", ""),
      type: "Opaque",
      data: seal({ username: encodeBase64Text("ci"), password: encodeBase64Text("s3cret") }),
    },
    { password: "the secret does not say where it is used" },
  ],
];

for (const [what, secret, expected] of PULL_SECRETS) {
  Deno.test(`of a pull secret is tried ${what}`, () => {
    assert.deepEqual(told(triedIn(secret)), expected);
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
    password: "Argo CD uses another credential of the secret: bearer_token",
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
    password: "the key can be read; by SSH it is not tried",
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
    tlsClientCertKey: "there is no certificate beside the key, so that Argo CD shows neither",
  }],
  ["what Argo CD cannot parse", { url: GIT, ...LOGIN, insecure: "yes" }, {
    password: "Argo CD cannot parse the secret's key 'insecure'",
  }],
];

for (const [what, data, expected] of REPOSITORIES) {
  for (const secretType of ["repository", "repository-write"]) {
    Deno.test(`of a ${secretType} with ${what} it is told where each value is tried`, () => {
      const found = told(triedIn(storedSecret({ name: "app", secretType, data })));
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [place, wanted] of Object.entries(expected)) {
        if (wanted instanceof RegExp) assert.match(String(found[place]), wanted);
        else assert.deepEqual(found[place], wanted);
      }
    });
  }
}

/** What is tried of the secret of this name. */
function triedOf(name: string, argocd: readonly StoredSecret[]): Record<string, unknown> {
  const all = triedInAll({ argocd, pullSecrets: [] });
  return told(all.find(({ secret }) => secret.name === name)!.values);
}

Deno.test("a template is tried at a repository that gets its credential from it, by that one's way", () => {
  const prefix = template("creds", { url: "https://git.example.com/team/", ...LOGIN });
  assert.deepEqual(triedOf("creds", [prefix]), {
    password: "a template names no repository that could be asked",
  });
  const user = repository("app", { url: GIT, insecure: "true" });
  const other = repository("other", { url: `${GIT}-other`, ...LOGIN });
  assert.deepEqual(triedOf("creds", [prefix, other]), {
    password: "a template names no repository that could be asked",
  }, "one that has its own credential");
  assert.deepEqual(triedOf("creds", [other, prefix, user]), {
    password: git({ transport: { insecure: true } }),
  });
});

Deno.test("a template of a registry needs no repository, and a longer one takes its repositories", () => {
  const registry = template("creds", {
    url: "ghcr.io/org/",
    type: "helm",
    enableOCI: "true",
    ...LOGIN,
  });
  assert.deepEqual(triedOf("creds", [registry]), { password: registryAt("ghcr.io") });
  const short = template("short", { url: "https://git.example.com/", ...LOGIN });
  const long = template("long", { url: "https://git.example.com/team/", ...LOGIN });
  const all = [short, long, repository("app", { url: GIT })];
  assert.deepEqual(triedOf("long", all), { password: git() });
  assert.deepEqual(triedOf("short", all), {
    password: "a template names no repository that could be asked",
  });
});

Deno.test("a repository that has its own credential is tried without what a template has", () => {
  const prefix = template("creds", {
    url: "https://git.example.com/",
    username: "ci",
    proxy: "http://p:1",
  });
  const own = repository("own", { url: GIT, password: "s3cret", project: "other" });
  assert.deepEqual(triedOf("own", [prefix, own]), {
    password: git({ username: "x-access-token" }),
  });
});

Deno.test("of a key that is one it is told as of a key that is given", () => {
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
  assert.deepEqual(told(triedIn(repository("app", app))), expected);
  // Of a template, too: it is asked at GitHub's API.
  assert.deepEqual(told(triedIn(template("app", app))), expected);
  const [value] = triedIn(repository("app", app));
  assert.equal(value!.at, "https://git.example.com/api/v3 (installation 34 of app 12)");
});

Deno.test("where a value is tried is told without any value", () => {
  const canary = "CANARY-s3cret";
  const secrets = [
    repository("url", { url: `https://ci:${canary}@git.example.com/app` }),
    repository("proxy", { url: GIT, proxy: `http://p:${canary}@proxy:3128`, ...LOGIN }),
    repository("token", { url: GIT, username: `ghp_${canary}`, password: "x-oauth-basic" }),
    pullSecret("pull", { [`ci:${canary}@ghcr.io`]: login("ci", canary) }),
  ];
  for (const secret of secrets) {
    const values = triedIn(secret);
    assert.ok(values.length > 0);
    assert.ok(!JSON.stringify(values.map(({ at, place }) => [at, place])).includes(canary));
  }
});
