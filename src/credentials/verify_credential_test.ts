import assert from "node:assert/strict";
import { seal } from "../log/sealed.ts";
import type { Verdict, Verifiable } from "../verify/verdict.ts";
import { ACCEPTED } from "./fake/services.ts";
import type { RepositoryType } from "./kinds/credential_kind.ts";
import type { RepositoryCredential } from "./kinds/kinds.ts";
import { parseUrl } from "./kinds/repository_url.ts";
import { isAccepted, verifyDocker, type VerifyRepo, verifyRepo } from "./verify_credential.ts";

function request(
  type: RepositoryType,
  urls: readonly string[],
  more: Partial<VerifyRepo> = {},
): VerifyRepo {
  const as = more.as ?? "repository";
  return {
    as,
    type,
    options: {},
    urls: urls.map((spelled) => {
      const parsed = parseUrl(spelled, { type, as });
      assert.ok(parsed.ok, spelled);
      return { spelled, url: parsed.value };
    }),
    ...more,
  };
}

/** A verifiable with plain values, for comparisons. */
function open(what: Verifiable): unknown {
  const opened = (value: unknown): unknown =>
    typeof value === "object" && value !== null && "reveal" in value
      ? (value as { reveal(): unknown }).reveal()
      : typeof value === "object" && value !== null
      ? Object.fromEntries(
        Object.entries(value).filter(([, each]) => each !== undefined)
          .map(([key, each]) => [key, opened(each)]),
      )
      : value;
  return opened(what);
}

async function asked(request: VerifyRepo): Promise<unknown[]> {
  const all: unknown[] = [];
  const verified = await verifyRepo(request, (what) => {
    all.push(open(what));
    return Promise.resolve(ACCEPTED);
  });
  assert.deepEqual(verified.map(({ at }) => at), request.urls.map(({ spelled }) => spelled));
  // A result without a verdict has the reason.
  assert.equal(
    verified.filter(({ notVerified }) => notVerified === undefined).length,
    all.length,
  );
  return all;
}

const PASSWORD = { kind: "password", username: "user", password: seal("pass") } as const;
const LOGIN = { username: "user", password: "pass" };
const APP = {
  kind: "github_app",
  id: "1",
  installationId: "2",
  privateKey: seal("key"),
  enterpriseUrl: "https://github.example.com/api/v3",
} as const;
const ASKED_APP = { ...APP, privateKey: "key", transport: {} };

/** The request that verifies a credential at one URL. */
const ASKED: [
  type: RepositoryType,
  url: string,
  RepositoryCredential | undefined,
  expected: object,
][] = [
  ["git", "https://git.example.com/app", PASSWORD, {
    kind: "git",
    url: "https://git.example.com/app",
    ...LOGIN,
    transport: {},
  }],
  ["git", "https://git.example.com/app", undefined, {
    kind: "git",
    url: "https://git.example.com/app",
    transport: {},
  }],
  ["git", "git.example.com/app", { kind: "bearer_token", token: seal("token") }, {
    kind: "git",
    url: "https://git.example.com/app",
    bearerToken: "token",
    transport: {},
  }],
  ["git", "https://github.com/org/app", APP, ASKED_APP],
  ["helm", "charts.example.com/x", PASSWORD, {
    kind: "helm",
    url: "https://charts.example.com/x",
    ...LOGIN,
    transport: {},
  }],
  ["helm", "oci://registry.example.com:5000/org/charts/", PASSWORD, {
    kind: "registry",
    host: "registry.example.com:5000",
    repository: "org/charts",
    ...LOGIN,
    transport: {},
  }],
  ["helm", "https://ghcr.io/", PASSWORD, {
    kind: "registry",
    host: "ghcr.io",
    ...LOGIN,
    transport: {},
  }],
  ["oci", "oci://ghcr.io/org/app", PASSWORD, {
    kind: "registry",
    host: "ghcr.io",
    repository: "org/app",
    ...LOGIN,
    transport: {},
  }],
  ["oci", "oci://[::1]:5000/app", undefined, {
    kind: "registry",
    host: "[::1]:5000",
    repository: "app",
    transport: {},
  }],
];

for (const [type, url, credential, expected] of ASKED) {
  const what = credential?.kind ?? "no credential";
  Deno.test(`${url} of type ${type} with ${what} is verified as ${(expected as Verifiable).kind}`, async () => {
    assert.deepEqual(await asked(request(type, [url], { credential })), [expected]);
  });
}

/** The request that verifies a template's credential. */
const TEMPLATES: [type: RepositoryType, url: string, RepositoryCredential, expected: object][] = [
  ["oci", "oci://ghcr.io/org", PASSWORD, {
    kind: "registry",
    host: "ghcr.io",
    ...LOGIN,
    transport: {},
  }],
  ["helm", "ghcr.io/org/*", PASSWORD, {
    kind: "registry",
    host: "ghcr.io",
    ...LOGIN,
    transport: {},
  }],
  ["git", "https://github.com/org/", APP, ASKED_APP],
];

for (const [type, url, credential, expected] of TEMPLATES) {
  Deno.test(`verifying the ${type} template ${url} contacts no server below it`, async () => {
    const template = request(type, [url], { as: "repo-creds", credential });
    assert.deepEqual(await asked(template), [expected]);
  });
}

const NOT_TRIED: [
  what: string,
  type: RepositoryType,
  url: string,
  more: Partial<VerifyRepo>,
  why: RegExp,
][] = [
  ["an SSH key", "git", "git@github.com:org/app", {
    credential: { kind: "ssh_private_key", privateKey: seal("key") },
  }, /SSH logins are not verified/],
  [
    "no credential over SSH",
    "git",
    "ssh://git@github.com/org/app",
    {},
    /SSH logins are not verified/,
  ],
  ["Google's key without its id", "git", "https://source.developers.google.com/p/x/r/y", {
    credential: { kind: "gcp_service_account_key", key: seal("{}") },
  }, /without 'private_key_id' Google cannot verify it$/],
  ["a Git template", "git", "https://git.example.com/org/", {
    as: "repo-creds",
    credential: PASSWORD,
  }, /credential template is a URL prefix: it has no repository of its own/],
  ["a Helm template", "helm", "https://charts.example.com/", {
    as: "repo-creds",
    credential: PASSWORD,
  }, /credential template is a URL prefix: it has no repository of its own/],
];

for (const [what, type, url, more, why] of NOT_TRIED) {
  Deno.test(`${what} is not verified, with the reason, and is accepted`, async () => {
    const verified = await verifyRepo(request(type, [url], more), () => {
      throw new Error("asked");
    });
    assert.equal(verified.length, 1);
    assert.equal(verified[0]!.verdict, undefined);
    assert.match(verified[0]!.notVerified ?? "", why);
    assert.equal(isAccepted(verified), true);
  });
}

Deno.test("each of several URLs is verified, with the results in order", async () => {
  const urls = ["https://a.example/x", "https://b.example/x", "https://c.example/x"];
  const verified = await verifyRepo(request("git", urls), async (what) => {
    const at = "url" in what ? what.url : "";
    // The last one responds first.
    await new Promise((resolve) => setTimeout(resolve, at.includes("a.") ? 20 : 1));
    return { ...ACCEPTED, asked: at };
  });
  assert.deepEqual(
    verified.map(({ at, verdict }) => [at, verdict?.asked]),
    urls.map((url) => [url, url]),
  );
});

Deno.test("verifying uses Argo CD's options: proxy, certificates and all", async () => {
  const clientCertificate = { cert: "public", key: seal("private") };
  const options = {
    insecure: true,
    insecure_oci_http: true,
    proxy: "http://proxy:3128",
    no_proxy: "a,b",
    project: "team",
    depth: 1,
  };
  const transport = {
    insecure: true,
    insecureHttp: true,
    proxy: "http://proxy:3128",
    noProxy: "a,b",
    tlsClientCert: "public",
    tlsClientKey: "private",
  };
  for (
    const [type, url] of [
      ["git", "https://git.example.com/app"],
      ["helm", "https://charts.example.com"],
      ["oci", "ghcr.io/org/app"],
    ] as const
  ) {
    const [what] = await asked(request(type, [url], { options, clientCertificate }));
    assert.deepEqual((what as Verifiable).transport, transport);
  }
});

Deno.test("a docker credential is verified at each of its registries", async () => {
  const credentials = ["ghcr.io", "registry.example.com:5000"].map((registry, i) => ({
    registry,
    username: `user${i}`,
    password: seal(`pass${i}`),
  }));
  const all: unknown[] = [];
  const verified = await verifyDocker(credentials, (what) => {
    all.push(open(what));
    return Promise.resolve(ACCEPTED);
  });
  assert.deepEqual(all, [
    { kind: "registry", host: "ghcr.io", username: "user0", password: "pass0", transport: {} },
    {
      kind: "registry",
      host: "registry.example.com:5000",
      username: "user1",
      password: "pass1",
      transport: {},
    },
  ]);
  assert.deepEqual(
    verified,
    credentials.map(({ registry }) => ({ at: registry, verdict: ACCEPTED })),
  );
});

const VERDICTS: [what: string, verdict: Partial<Verdict> | undefined, accepted: boolean][] = [
  ["an accepted credential", { accepted: true }, true],
  ["a credential whose server is open to anyone", { accepted: undefined, open: true }, true],
  ["a credential that a reachable server could not verify", { accepted: undefined }, false],
  ["a refused credential", { accepted: false }, false],
  ["a credential whose server does not respond", { reachable: false, accepted: undefined }, false],
  ["a credential that is not verified", undefined, true],
];

for (const [what, verdict, accepted] of VERDICTS) {
  Deno.test(`${what} is ${accepted ? "" : "not "}accepted, alone and beside others`, () => {
    const one = verdict === undefined
      ? { at: "x", notVerified: "why" }
      : { at: "x", verdict: { ...ACCEPTED, ...verdict } };
    const good = { at: "y", verdict: ACCEPTED };
    assert.equal(isAccepted([one]), accepted);
    assert.equal(isAccepted([good, one]), accepted);
    assert.equal(isAccepted([one, good]), accepted);
  });
}

Deno.test("a credential without any verification is accepted", () => {
  assert.equal(isAccepted([]), true);
});

const CERTIFICATE = { cert: "public", key: seal("private"), notAfter: "2030-01-01T00:00:00.000Z" };

Deno.test("a certificate's expiry is reported, verified or not", async () => {
  const tried = await verifyRepo(
    request("git", ["https://git.example.com/app"], { clientCertificate: CERTIFICATE }),
    () => Promise.resolve(ACCEPTED),
  );
  const read = await verifyRepo(
    request("helm", ["https://charts.example.com/"], {
      as: "repo-creds",
      clientCertificate: CERTIFICATE,
    }),
    () => Promise.reject(new Error("asked")),
  );
  for (const [first] of [tried, read]) assert.equal(first!.expires, CERTIFICATE.notAfter);
});
