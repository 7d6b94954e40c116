import assert from "node:assert/strict";
import { encodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import type { DesiredSecret } from "./desired_secret.ts";
import { type RepositoryRequest, repositorySecrets } from "./repository.ts";
import type { RepositoryOptions } from "./repository_options.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import type { RepositoryCredential } from "./kinds.ts";
import { parseUrl } from "./repository_url.ts";

/** A URL of each type, as stored in a repository and in a template, and additional keys. */
const URLS: Record<RepositoryType, [text: string, stored: Record<SecretKind, string>, object]> = {
  git: ["https://git.example.com/org/app", {
    repository: "https://git.example.com/org/app",
    "repo-creds": "https://git.example.com/org/app/",
  }, {}],
  helm: ["oci://ghcr.io/org/charts", {
    repository: "ghcr.io/org/charts",
    "repo-creds": "ghcr.io/org/charts/",
  }, { enableOCI: "true" }],
  oci: ["ghcr.io/org/app", {
    repository: "oci://ghcr.io/org/app",
    "repo-creds": "oci://ghcr.io/org/app/",
  }, {}],
};

const CREDENTIALS: [credential: RepositoryCredential | undefined, keys: object][] = [
  [undefined, {}],
  [{ kind: "password", username: "user", password: seal("pa:ss\n") }, {
    username: "user",
    password: "pa:ss\n",
  }],
  [{ kind: "bearer_token", token: seal("token") }, { bearerToken: "token" }],
  [{ kind: "ssh_private_key", privateKey: seal("key") }, { sshPrivateKey: "key" }],
  [
    {
      kind: "github_app",
      id: "1",
      installationId: "2",
      privateKey: seal("key"),
      enterpriseUrl: "https://github.example.com/api/v3",
    },
    {
      githubAppID: "1",
      githubAppInstallationID: "2",
      githubAppPrivateKey: "key",
      githubAppEnterpriseBaseUrl: "https://github.example.com/api/v3",
    },
  ],
  [{ kind: "gcp_service_account_key", key: seal("{}") }, { gcpServiceAccountKey: "{}" }],
];

/** An option, the keys that Argo CD reads it from in a repository, and in a template. */
const OPTIONS: [options: RepositoryOptions, repository: object, template: object][] = [
  [{}, {}, {}],
  [{ proxy: "http://p:3128" }, { proxy: "http://p:3128" }, { proxy: "http://p:3128" }],
  [{ no_proxy: "a,b" }, { noProxy: "a,b" }, { noProxy: "a,b" }],
  [{ force_basic_auth: true }, { forceHttpBasicAuth: "true" }, { forceHttpBasicAuth: "true" }],
  [{ force_basic_auth: false }, { forceHttpBasicAuth: "false" }, { forceHttpBasicAuth: "false" }],
  [{ insecure_oci_http: true }, { insecureOCIForceHttp: "true" }, { insecureOCIForceHttp: "true" }],
  [{ insecure_oci_http: false }, { insecureOCIForceHttp: "false" }, {
    insecureOCIForceHttp: "false",
  }],
  [{ project: "team" }, { project: "team" }, {}],
  [{ insecure: true }, { insecure: "true" }, {}],
  [{ insecure: false }, { insecure: "false" }, {}],
  [{ enable_lfs: true }, { enableLfs: "true" }, {}],
  [{ depth: 0 }, { depth: "0" }, {}],
  [{ depth: 50 }, { depth: "50" }, {}],
  [{ project: "team", depth: 1, proxy: "socks5://p:1" }, {
    project: "team",
    depth: "1",
    proxy: "socks5://p:1",
  }, { proxy: "socks5://p:1" }],
];

const decoded = (data: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(value)),
    ]),
  );

function secretFor(more: Partial<RepositoryRequest>, text?: string): DesiredSecret {
  const request: RepositoryRequest = {
    as: "repository",
    type: "git",
    argocdNamespace: "argocd",
    options: {},
    template: true,
    ...more,
  };
  const url = parseUrl(text ?? URLS[request.type][0], request);
  assert.ok(url.ok);
  const { secret, template } = repositorySecrets(request, "repo", url.value);
  assert.equal(template, undefined);
  return secret;
}

const certificate = { cert: "public", key: seal("private") };

for (const type of ["git", "helm", "oci"] as const) {
  for (const as of ["repository", "repo-creds"] as const) {
    Deno.test(`a ${type} ${as} has exactly Argo CD's keys of each credential and option`, () => {
      const [, stored, more] = URLS[type];
      for (const [credential, keys] of CREDENTIALS) {
        for (const [options, inRepository, inTemplate] of OPTIONS) {
          for (const clientCertificate of [undefined, certificate]) {
            const secret = secretFor({ type, as, credential, options, clientCertificate });
            assert.deepEqual(decoded(secret.data.reveal()), {
              url: stored[as],
              type,
              ...(as === "repository" ? { name: "repo" } : {}),
              ...keys,
              ...(as === "repository" ? inRepository : inTemplate),
              ...(clientCertificate === undefined
                ? {}
                : { tlsClientCertData: "public", tlsClientCertKey: "private" }),
              ...more,
            });
          }
        }
      }
    });

    Deno.test(`a ${type} ${as} has its labels and annotations, and is identified by URL and project`, () => {
      const { labels, annotations, namespace, name, ...secret } = secretFor({
        type,
        as,
        options: { project: "team" },
      });
      assert.deepEqual(labels, { "argocd.argoproj.io/secret-type": as });
      assert.deepEqual(annotations, { "managed-by": "argocd.argoproj.io" });
      assert.deepEqual([namespace, name, secret.type], ["argocd", "repo", "Opaque"]);
      assert.equal(secret.repositoryType, type);
      assert.deepEqual(secret.identity, {
        secretType: as,
        url: URLS[type][1][as].replace(/\/$/, ""),
        project: as === "repository" ? "team" : "",
      });
    });
  }
}

Deno.test("a repository without a project in the request may be in any project", () => {
  assert.equal(secretFor({}).identity!.project, undefined);
  assert.equal(secretFor({ as: "repo-creds" }).identity!.project, "");
});

// --- replacing an existing secret ---------------------------------------------------------------

function current(data: Record<string, string>): StoredSecret {
  const encoded = Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)]);
  return {
    namespace: "argocd",
    name: "repo",
    type: "Opaque",
    labels: { "argocd.argoproj.io/secret-type": "repository" },
    annotations: {},
    data: seal(Object.fromEntries(encoded)),
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
  };
}

const merged = (secret: DesiredSecret, old: Record<string, string>) =>
  decoded(secret.merge(current(old)).reveal());

/** All keys that a stored repository may have. */
const FULL = {
  url: "https://old.example/",
  type: "helm",
  name: "old",
  project: "team",
  proxy: "http://p:3128",
  noProxy: "a",
  insecure: "true",
  enableLfs: "true",
  depth: "3",
  forceHttpBasicAuth: "true",
  insecureOCIForceHttp: "true",
  tlsClientCertData: "old public",
  tlsClientCertKey: "old private",
  webhookManifestCacheWarmDisabled: "true",
  ofSomebodyElse: "stays",
};
const CREDENTIAL_FIELDS = {
  username: "old user",
  password: "old pass",
  bearerToken: "old",
  sshPrivateKey: "old",
  githubAppID: "1",
  githubAppInstallationID: "1",
  githubAppPrivateKey: "old",
  githubAppEnterpriseBaseUrl: "old",
  gcpServiceAccountKey: "old",
  useAzureWorkloadIdentity: "true",
};

for (const [credential, keys] of CREDENTIALS) {
  const what = credential?.kind ?? "no credential";
  Deno.test(`a replacement with ${what} keeps what the request does not mention`, () => {
    const secret = secretFor({ credential });
    const { enableOCI: _, ...now } = merged(secret, {
      ...FULL,
      ...CREDENTIAL_FIELDS,
      enableOCI: "true",
    });
    assert.deepEqual(now, {
      ...FULL,
      ...(credential === undefined ? CREDENTIAL_FIELDS : {}),
      url: "https://git.example.com/org/app",
      type: "git",
      ...keys,
    });
  });
}

/** The requested name, the repository type, the stored name, and the name after the write. */
const NAMES: [
  requested: string | undefined,
  type: RepositoryType,
  old: string | undefined,
  now?: string,
][] = [
  [undefined, "helm", "team-charts", "team-charts"],
  [undefined, "git", "team-app", "team-app"],
  [undefined, "helm", undefined, "repo"], // charts cannot find a repository without a name
  [undefined, "helm", "", "repo"],
  [undefined, "git", undefined],
  [undefined, "oci", undefined],
  ["new-name", "helm", "team-charts", "new-name"],
  ["new-name", "git", undefined, "new-name"],
];

for (const [asked, type, old, now] of NAMES) {
  const what = asked === undefined ? "no name is requested" : `'${asked}' is requested`;
  Deno.test(`a ${type} repository named ${old} gets the name ${now} if ${what}`, () => {
    const secret = secretFor({ type, options: { repository_name: asked } });
    assert.equal(merged(secret, old === undefined ? {} : { name: old }).name, now);
    assert.equal(decoded(secret.data.reveal()).name, asked ?? "repo", "a new one");
  });
}

Deno.test("a template has no name, even if one is requested", () => {
  const secret = secretFor({ as: "repo-creds", options: { repository_name: "x" } });
  assert.equal(decoded(secret.data.reveal()).name, undefined);
});

Deno.test("a client certificate is kept beside a new credential, and replaced by a new certificate", () => {
  const [, [password]] = CREDENTIALS as [unknown, [RepositoryCredential, object]];
  const kept = merged(secretFor({ credential: password }), FULL);
  assert.deepEqual([kept.tlsClientCertData, kept.tlsClientCertKey], ["old public", "old private"]);
  const changed = merged(secretFor({ clientCertificate: certificate }), FULL);
  assert.deepEqual([changed.tlsClientCertData, changed.tlsClientCertKey], ["public", "private"]);
});

Deno.test("a replacement keeps enableOCI only for charts in an OCI registry", () => {
  const enableOCI = (more: Partial<RepositoryRequest>, text?: string) =>
    merged(secretFor(more, text), { ...FULL, enableOCI: "true" }).enableOCI;
  assert.equal(enableOCI({ type: "helm" }), "true");
  assert.equal(enableOCI({ type: "helm" }, "https://charts.example.com/x"), undefined);
  assert.equal(enableOCI({ type: "oci" }), undefined);
  assert.equal(enableOCI({ type: "git" }), undefined);
});

Deno.test("a request to verify certificates removes the older insecureIgnoreHostKey", () => {
  const old = { ...FULL, insecureIgnoreHostKey: "true" };
  const of = (insecure: boolean | undefined) => merged(secretFor({ options: { insecure } }), old);
  assert.deepEqual(
    [of(false).insecure, of(false).insecureIgnoreHostKey],
    ["false", undefined],
  );
  assert.deepEqual([of(undefined).insecure, of(undefined).insecureIgnoreHostKey], ["true", "true"]);
});

Deno.test("each option replaces the old one", () => {
  for (const [options, inRepository] of OPTIONS) {
    const now = merged(secretFor({ options }), FULL);
    for (const [key, value] of Object.entries(inRepository)) assert.equal(now[key], value);
    for (const key of ["project", "proxy", "depth"] as const) {
      if (options[key] === undefined) assert.equal(now[key], FULL[key]);
    }
  }
});

Deno.test("no printed form of a desired secret shows a value", () => {
  const canary = `canary${crypto.randomUUID()}`;
  const secret = secretFor({
    credential: { kind: "ssh_private_key", privateKey: seal(canary) },
    clientCertificate: { cert: "public", key: seal(canary) },
  });
  const text = JSON.stringify(secret) + Deno.inspect(secret, { depth: 20 });
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary)));
});
