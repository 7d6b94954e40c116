import assert from "node:assert/strict";
import type { Finding } from "../../credentials/finding.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { columnOf, type ColumnOptions, type ColumnSource } from "./column.ts";

/** With the form of a token, but not a real one. */
const TOKEN = `ghp_${"Fake1Not2Real3".repeat(3)}`;

/** Shows its value, unlike a real fingerprint. */
const fingerprint: ColumnOptions["fingerprint"] = (value) =>
  Promise.resolve(`fp:${value.reveal()}`);

function stored(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  more: Partial<StoredSecret> = {},
): StoredSecret {
  return {
    namespace,
    name,
    type: "Opaque",
    labels: {},
    annotations: {},
    data: seal(
      Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)])),
    ),
    uid: "uid",
    resourceVersion: "1",
    creationTimestamp: "2026-01-31T10:00:00Z",
    ...more,
  };
}

function pullSecret(
  namespace: string,
  name: string,
  auths: object | string,
  more: Partial<StoredSecret> = {},
): StoredSecret {
  const text = typeof auths === "string" ? auths : JSON.stringify({ auths });
  const type = "kubernetes.io/dockerconfigjson";
  return stored(namespace, name, { ".dockerconfigjson": text }, { type, ...more });
}

const LOGIN = { "ghcr.io": { username: "bot", password: "fake-1" } };

function argocd(type: string, name: string, data: Readonly<Record<string, string>>) {
  return stored("argocd", name, data, { labels: { "argocd.argoproj.io/secret-type": type } });
}

async function column(source: Partial<ColumnSource>, options: ColumnOptions = { fingerprint }) {
  const whole = {
    argocd: [],
    pullSecrets: [],
    findings: [],
    hasArgocd: true,
    warnings: [],
    ...source,
  };
  const { credentials } = await columnOf("prod", whole, options);
  return credentials;
}

/** The fields that are the same in all rows of these tests. */
const PLAIN = { managed: false, owner: null };

Deno.test("pull secrets of one name are one row, sorted by namespace", async () => {
  const pullSecrets = [
    pullSecret("z", "ghcr", LOGIN),
    pullSecret("a", "ghcr", LOGIN, {
      labels: { "app.kubernetes.io/managed-by": "argocd-configurer" },
      annotations: { "argocd-configurer.io/request": "req-1" },
    }),
    pullSecret("m", "ghcr", LOGIN, { annotations: { "meta.helm.sh/release-name": "apps" } }),
  ];
  const shown = { name: "ghcr", fingerprints: { "ghcr.io": "fp:fake-1" }, username: "bot" };
  assert.deepEqual(await column({ pullSecrets }), [{
    id: "docker/ghcr",
    kind: "docker",
    name: "ghcr",
    secrets: [
      { namespace: "a", ...shown, managed: true, owner: null, write: "req-1" },
      { namespace: "m", ...shown, managed: false, owner: "Helm release 'apps'" },
      { namespace: "z", ...shown, ...PLAIN },
    ],
  }]);
});

Deno.test("the distinct user names of several registries are listed", async () => {
  const auths = {
    "quay.io": { username: "zoe", password: "fake-1" },
    "ghcr.io": { username: "ann", password: "fake-2" },
    "docker.io": { username: "zoe", password: "fake-3" },
  };
  const [row] = await column({ pullSecrets: [pullSecret("a", "x", auths)] });
  assert.equal(row?.secrets[0]?.username, "ann, zoe");
  assert.deepEqual(row?.secrets[0]?.usernames, {
    "quay.io": "zoe",
    "ghcr.io": "ann",
    "docker.io": "zoe",
  });
  assert.deepEqual(Object.keys(row?.secrets[0]?.fingerprints ?? {}).sort(), [
    "docker.io",
    "ghcr.io",
    "quay.io",
  ]);
});

Deno.test("repositories and templates are rows by type, URL and project", async () => {
  const rows = await column({
    argocd: [
      argocd("repository", "app", { url: "https://Git.example/App.git", password: "fake-1" }),
      argocd("repository", "app-2", { url: "https://git.example/app", password: "fake-2" }),
      argocd("repository", "team", { url: "https://git.example/app", project: "team" }),
      argocd("repo-creds", "tpl", {
        url: "https://git.example/",
        username: "bot",
        password: "fake-3",
      }),
      argocd("repo-write-creds", "push", { url: "https://git.example/", bearerToken: "fake-4" }),
      argocd("cluster", "other", { url: "https://git.example/app" }),
    ],
  });
  assert.deepEqual(
    rows.map(({ id, secrets }) => [
      id,
      ...secrets.map(({ name, fingerprints }) => `${name} ${JSON.stringify(fingerprints)}`),
    ]),
    [
      [
        "repository/git/https://git.example/app",
        'app {"password":"fp:fake-1"}',
        'app-2 {"password":"fp:fake-2"}',
      ],
      ["repository/git@team/https://git.example/app", "team {}"],
      ["template/https://git.example", 'tpl {"password":"fp:fake-3"}'],
      ["write_template/https://git.example", 'push {"bearerToken":"fp:fake-4"}'],
    ],
  );
});

Deno.test("a registry without a user name differs from one with a user name", async () => {
  const auths = { "quay.io": { username: "zoe", password: "f" }, "ghcr.io": { password: "f" } };
  const [row] = await column({ pullSecrets: [pullSecret("a", "x", auths)] });
  assert.deepEqual(row?.secrets[0]?.usernames, { "quay.io": "zoe" });
});

Deno.test("a labelled secret with unknown keys is not compared, and one without keys is empty", async () => {
  const [known, none, unknown] = await column({
    pullSecrets: [
      stored("a", "known", { username: "u", password: "fake-1" }),
      stored("a", "none", {}),
      stored("a", "unknown", { token: "fake-2" }),
    ],
  });
  assert.deepEqual(known?.secrets[0]?.fingerprints, { password: "fp:fake-1" });
  assert.deepEqual(none?.secrets[0]?.fingerprints, {});
  assert.equal(unknown?.secrets[0]?.fingerprints, undefined);
});

for (const options of [{ fingerprint }, {}]) {
  Deno.test(`the workload identity of Argo CD's pods is marked, ${Object.keys(options).length > 0 ? "with" : "without"} fingerprints`, async () => {
    const url = "https://dev.azure.com/org/x";
    const [row] = await column({
      argocd: [
        argocd("repository", "a", { url, useAzureWorkloadIdentity: "true" }),
        argocd("repository", "b", { url, useAzureWorkloadIdentity: "false" }),
      ],
    }, options);
    assert.deepEqual(row?.secrets.map((each) => each.workload_identity), [true, undefined]);
  });
}

const UNREADABLE = ["{", "[]", '{"auths":[]}'];

for (const text of UNREADABLE) {
  Deno.test(`a pull secret with ${text} has no fingerprints, not even an empty list`, async () => {
    const [row] = await column({ pullSecrets: [pullSecret("a", "x", text)] });
    assert.deepEqual(row?.secrets, [{ namespace: "a", name: "x", ...PLAIN }]);
  });
}

Deno.test("a secret has no fingerprints if one of them is unavailable", async () => {
  const none = () => Promise.resolve(undefined);
  const [row] = await column({ pullSecrets: [pullSecret("a", "x", LOGIN)] }, { fingerprint: none });
  assert.deepEqual(row?.secrets, [{ namespace: "a", name: "x", username: "bot", ...PLAIN }]);
});

Deno.test("without values there are neither fingerprints nor user names", async () => {
  const rows = await column({
    pullSecrets: [pullSecret("a", "x", {})],
    argocd: [argocd("repository", "app", { url: "https://git.example/app", username: TOKEN })],
  }, {});
  assert.deepEqual(rows.map(({ secrets }) => secrets), [
    [{ namespace: "a", name: "x", ...PLAIN }],
    [{ namespace: "argocd", name: "app", ...PLAIN }],
  ]);
});

Deno.test("no token is in a column, wherever it is stored", async () => {
  const rows = await column({
    pullSecrets: [
      pullSecret("a", "x", { "ghcr.io": { username: TOKEN, password: "x-oauth-basic" } }),
    ],
    argocd: [
      argocd("repository", "app", { url: `https://${TOKEN}@git.example/app`, username: TOKEN }),
      argocd("repository", "b", {
        url: `https://git.example/${TOKEN}/b`,
        username: "b",
        password: TOKEN,
      }),
      argocd("repo-creds", "c", { url: `https://git.example/?token=${TOKEN}` }),
    ],
  }, { fingerprint: () => Promise.resolve("0123456789abcdef") });
  assert.equal(rows.length, 4);
  assert.doesNotMatch(JSON.stringify(rows).toLowerCase(), /fake1not2real3/);
});

const finding = (code: string, ...names: string[]): Finding => ({
  code,
  message: `message of ${code}`,
  secrets: names.map((each) => {
    const [namespace, name] = each.split("/");
    return { namespace: namespace!, name: name! };
  }),
});

Deno.test("a finding is listed once on the row of each of its secrets", async () => {
  const rows = await column({
    pullSecrets: [
      pullSecret("a", "x", LOGIN),
      pullSecret("b", "x", LOGIN),
      pullSecret("a", "y", LOGIN),
    ],
    findings: [
      { ...finding("both", "a/x", "b/x", "a/y"), remedy: "do it" },
      finding("alone", "a/x"),
      finding("missing", "a/gone"),
    ],
  });
  const both = { code: "both", message: "message of both", remedy: "do it" };
  assert.deepEqual(rows.map(({ id, findings, secrets }) => [id, secrets.length, findings]), [
    ["docker/gone", 0, [{ code: "missing", message: "message of missing" }]],
    ["docker/x", 2, [{ code: "alone", message: "message of alone" }, both]],
    ["docker/y", 1, [both]],
  ]);
});

Deno.test("kinds that are not requested have no rows", async () => {
  const source = {
    pullSecrets: [pullSecret("a", "x", LOGIN)],
    argocd: [argocd("repo-creds", "tpl", { url: "https://git.example/" })],
    findings: [finding("missing", "a/gone")],
  };
  const rows = await column(source, { kinds: ["template", "repository"] });
  assert.deepEqual(rows.map(({ kind }) => kind), ["template"]);
});

Deno.test("a column lists the parts of its cluster that could not be read", async () => {
  const source: ColumnSource = {
    argocd: [],
    pullSecrets: [],
    findings: [],
    notSeen: { docker: "namespaces_not_listed" },
    hasArgocd: false,
    warnings: ["w"],
  };
  assert.deepEqual(await columnOf("spoke", source, {}), {
    cluster: "spoke",
    status: "success",
    credentials: [],
    not_seen: { docker: "namespaces_not_listed" },
    no_argocd: true,
    warnings: ["w"],
  });
});
