import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { VerifyOne } from "../../../src/credentials/verify_credential.ts";
import { Sealed } from "../../../src/log/sealed.ts";
import { linesOf, makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";
import { NO_LOGIN, verification } from "../requests.ts";
import { CANARY, type Row, testsOf } from "../support.ts";

/** POST /secrets/verify: the requests to servers, and the exact responses. */

const sshKey = makeSshKey();
const appKey = makeRsaKey();
const gcpKey = makeGcpKey(makeRsaKey());
const pair = makeTlsPair();
const LINES = [sshKey, appKey, gcpKey.private_key, pair.key].flatMap(linesOf);

/** A verification in clear text, without undefined fields. */
function opened(what: unknown): unknown {
  if (what instanceof Sealed) return what.reveal();
  if (typeof what !== "object" || what === null) return what;
  const given = Object.entries(what).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, opened(value)]));
}

interface Asked {
  readonly what: string;
  readonly more: object;
  readonly asked: object[];
  /** The place and the reason if it is checked offline only. */
  readonly notTried?: [at: string, why: string];
  /** The expiry if the credential itself has one. */
  readonly expires?: string;
}

const login = { username: "octocat", password: CANARY };
const git = { type: "git", url: "https://github.com/org/app.git" };
const app = { id: 1, installation_id: 2, private_key: appKey };

const ASKED: Asked[] = [
  {
    what: "a login at ghcr.io, the default registry",
    more: {},
    asked: [{ kind: "registry", host: "ghcr.io", ...login, transport: {} }],
  },
  {
    what: "a login at another registry",
    more: { registry: "https://Registry.Example.com:5000" },
    asked: [{ kind: "registry", host: "registry.example.com:5000", ...login, transport: {} }],
  },
  {
    what: "logins at several registries",
    more: {
      ...NO_LOGIN,
      registries: [{ registry: "quay.io", ...login }, { registry: "ghcr.io", ...login }],
    },
    asked: ["quay.io", "ghcr.io"].map((host) => ({
      kind: "registry",
      host,
      ...login,
      transport: {},
    })),
  },
  {
    what: "a password at a Git repository, with its transport",
    more: {
      ...git,
      proxy: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      insecure: true,
    },
    asked: [{
      kind: "git",
      url: git.url,
      ...login,
      transport: {
        insecure: true,
        proxy: "http://proxy.example.com:3128",
        noProxy: "localhost",
      },
    }],
  },
  {
    what: "a token at two Git repositories",
    more: {
      ...NO_LOGIN,
      type: "git",
      urls: ["https://github.com/org/a", "https://github.com/org/b"],
      bearer_token: CANARY,
    },
    asked: ["a", "b"].map((name) => ({
      kind: "git",
      url: `https://github.com/org/${name}`,
      bearerToken: CANARY,
      transport: {},
    })),
  },
  {
    what: "a public Git repository",
    more: { ...NO_LOGIN, ...git },
    asked: [{ kind: "git", url: git.url, transport: {} }],
  },
  {
    what: "a client certificate",
    more: { ...git, tls_client_cert: pair.certificate, tls_client_key: pair.key },
    asked: [{
      kind: "git",
      url: git.url,
      ...login,
      transport: { tlsClientCert: pair.certificate, tlsClientKey: pair.key },
    }],
    expires: new X509Certificate(pair.certificate).validToDate.toISOString(),
  },
  {
    what: "a GitHub App",
    more: { ...NO_LOGIN, ...git, github_app: app },
    asked: [{
      kind: "github_app",
      id: "1",
      installationId: "2",
      privateKey: appKey,
      transport: {},
    }],
  },
  {
    what: "a GitHub App of a GitHub Enterprise Server",
    more: {
      ...NO_LOGIN,
      ...git,
      github_app: { ...app, enterprise_url: "https://ghe.example.com/api/v3" },
    },
    asked: [{
      kind: "github_app",
      id: "1",
      installationId: "2",
      privateKey: appKey,
      enterpriseUrl: "https://ghe.example.com/api/v3",
      transport: {},
    }],
  },
  {
    what: "a chart repository",
    more: { type: "helm", url: "charts.example.com/x" },
    asked: [{ kind: "helm", url: "https://charts.example.com/x", ...login, transport: {} }],
  },
  {
    what: "charts in an OCI registry",
    more: { type: "helm", url: "ghcr.io/org/charts/" },
    asked: [{
      kind: "registry",
      host: "ghcr.io",
      repository: "org/charts",
      ...login,
      transport: {},
    }],
  },
  {
    what: "an OCI artifact over plain HTTP",
    more: { type: "oci", url: "oci://registry.example.com:5000/app", insecure_oci_http: true },
    asked: [{
      kind: "registry",
      host: "registry.example.com:5000",
      repository: "app",
      ...login,
      transport: { insecureHttp: true },
    }],
  },
  {
    what: "a whole OCI registry",
    more: { type: "helm", url: "https://ghcr.io" },
    asked: [{ kind: "registry", host: "ghcr.io", ...login, transport: {} }],
  },
  {
    what: "an SSH key",
    more: { ...NO_LOGIN, type: "git", url: "git@github.com:org/app", ssh_private_key: sshKey },
    asked: [],
    notTried: ["git@github.com:org/app", "the private key is valid; SSH logins are not verified"],
  },
  {
    what: "a Google service account key",
    more: {
      ...NO_LOGIN,
      ...git,
      gcp_service_account_key: gcpKey,
    },
    asked: [{ kind: "google_key", key: JSON.stringify(gcpKey), transport: {} }],
  },
  {
    what: "a Google service account key without its ID",
    more: {
      ...NO_LOGIN,
      ...git,
      gcp_service_account_key: { ...gcpKey, private_key_id: undefined },
    },
    asked: [],
    notTried: [
      git.url,
      "the key can be parsed; without 'private_key_id' Google cannot verify it",
    ],
  },
  {
    what: "an Azure service principal",
    more: {
      ...NO_LOGIN,
      ...git,
      azure_service_principal: {
        client_id: "11111111-2222-3333-4444-555555555555",
        client_secret: CANARY,
        tenant_id: "example.onmicrosoft.com",
      },
    },
    asked: [],
    notTried: [git.url, "the ids have the right format; Azure was not contacted"],
  },
  {
    what: "a workload identity of a Git repository",
    more: { ...NO_LOGIN, ...git, use_azure_workload_identity: true },
    asked: [],
    notTried: [git.url, "only Argo CD's pods have the identity; it cannot be verified from here"],
  },
  {
    what: "a workload identity of a registry",
    more: {
      ...NO_LOGIN,
      type: "helm",
      url: "a.azurecr.io/charts",
      use_azure_workload_identity: true,
    },
    asked: [],
    notTried: [
      "a.azurecr.io/charts",
      "only Argo CD's pods have the identity; it cannot be verified from here",
    ],
  },
];

const accepting = (asked: unknown[]): VerifyOne => (what) => {
  asked.push(opened(what));
  return Promise.resolve({
    reachable: true,
    accepted: true,
    may: ["read it"],
    asked: "https://asked.example/",
    why: "It is fine",
  });
};

const asked = ASKED.map(({ what, more, asked, notTried, expires }): Row => {
  const seen: unknown[] = [];
  return {
    name: `${notTried ? "checked offline only" : "verified"}: ${what}`,
    request: () => verification(more),
    options: { verifyOne: accepting(seen) },
    status: 200,
    opens: false,
    changes: false,
    absent: LINES,
    after: (_stage, body) => {
      assert.deepEqual(seen, asked);
      const { verified, ...rest } = body as { verified: { expires?: string }[] };
      for (const each of verified) assert.equal(each.expires, expires);
      assert.deepEqual(rest, {
        success: true,
        message: notTried
          ? "The credential is well-formed. It was not verified"
          : `Credential accepted (${asked.length} of ${asked.length} verified)`,
      });
      if (!notTried) return assert.equal(verified.length, asked.length);
      const [at, message] = notTried;
      assert.deepEqual(verified, [{ at, tried: false, message }]);
    },
  };
});

const verdict = (accepted: boolean | undefined, more: object = {}): Row["options"] => ({
  verifyOne: () =>
    Promise.resolve({
      reachable: true,
      accepted,
      may: [],
      asked: "https://ghcr.io/v2/",
      why: "So it is",
      ...more,
    }),
});

const verified = (accepted: boolean | null, more: object = {}) => ({
  at: "ghcr.io",
  tried: true,
  asked: "https://ghcr.io/v2/",
  reachable: true,
  accepted,
  may: [],
  ...more,
  message: "So it is",
});

const expires = "2030-01-02T03:04:05.000Z";

const FINE = "Credential accepted (1 of 1 verified)";

const answer = (name: string, options: Row["options"], status: number, body: object): Row => ({
  name,
  request: () => verification(),
  options,
  status,
  body,
  opens: false,
  changes: false,
});

for (
  const test of testsOf([
    ...asked,
    answer("an accepted credential is 200", verdict(true, { may: ["a"], expires }), 200, {
      success: true,
      verified: [verified(true, { may: ["a"], expires })],
      message: FINE,
    }),
    answer(
      "a credential for a registry that requires none is 200",
      verdict(undefined, { open: true }),
      200,
      {
        success: true,
        verified: [verified(null)],
        message: "Credential not refused (1 of 1 verified)",
      },
    ),
    answer("a refused credential is 422", verdict(false), 422, {
      error: true,
      message: "Credential refused by ghcr.io: So it is",
      status_code: 422,
      verified: [verified(false)],
    }),
    ...[
      ["a registry that cannot be reached", false],
      ["a credential that could not be verified", true],
    ].map(([what, reachable]) =>
      answer(`${what} is 422`, verdict(undefined, { reachable }), 422, {
        error: true,
        message: "Cannot verify the credential at ghcr.io: So it is",
        status_code: 422,
        verified: [{ ...verified(null), reachable }],
      })
    ),
    {
      name: "a bug during verification is 500 with the request ID",
      request: () => verification(),
      options: { verifyOne: () => Promise.reject(new TypeError("a bug")) },
      status: 500,
      after: ({ logged }, body, response) => {
        const id = response.headers.get("X-Request-Id");
        assert.equal((body as { request_id: string }).request_id, id);
        assert.ok(logged.some((line) => line.includes("a bug") && line.includes(id!)));
      },
    },
  ])
) Deno.test(test);
