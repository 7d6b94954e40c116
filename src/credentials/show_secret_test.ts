import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import { KubeError } from "../kube/errors.ts";
import { REPOSITORY_ROWS } from "../kube/fake/repository_rows.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import type { StoredSecret } from "../kube/store.ts";
import { seal } from "../log/sealed.ts";
import { argocdCluster } from "./fake/clusters.ts";
import { pullSecrets, type Repo, repoSecrets } from "./fake/desired.ts";
import { removableCluster } from "./fake/removable.ts";
import { runWrite } from "./fake/run.ts";
import { shown, shownIn } from "./fake/show.ts";
import type { RepositoryCredential } from "./kinds/kinds.ts";
import type { ShownSecret } from "./show_secret.ts";

/** Shows one secret. */
async function one(secret: Partial<StoredSecret>, data: Record<string, string> = {}) {
  const it = new FakeCluster();
  it.put({ namespace: "a", name: "x", ...secret }, data);
  const [first] = await shownIn(it, "x");
  return first!;
}

const text = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)]));

Deno.test("a pull secret is shown with its registries, users and sizes, in each namespace", async () => {
  const it = removableCluster();
  await runWrite(it, pullSecrets("pass", { namespaces: ["a", "b", "c"] }), { writeId: "w7" });
  const secrets = await shownIn(it, "pull");
  assert.deepEqual(secrets.map(({ secret }) => secret.namespace), ["a", "argocd", "b", "c"]);
  const { dataFingerprint, fingerprints, ...rest } = secrets[0]!;
  assert.match(dataFingerprint!, /^[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(fingerprints), ["ghcr.io"]);
  assert.notEqual(fingerprints["ghcr.io"], dataFingerprint);
  const config = { username: "user", password: "pass", auth: btoa("user:pass") };
  const { labels } = it.secrets.get("a/pull")!;
  assert.deepEqual(rest, {
    secret: {
      namespace: "a",
      name: "pull",
      labels,
      type: "kubernetes.io/dockerconfigjson",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    keys: [{
      key: ".dockerconfigjson",
      bytes: JSON.stringify({ auths: { "ghcr.io": config } }).length,
    }],
    immutable: false,
    owner: undefined,
    isOurs: true,
    request: "w7",
    registries: [{ registry: "ghcr.io", username: "user" }],
  });
});

const CREDENTIALS: [kind: string, more: Repo, credentials: string[]][] = [
  ["a password", {}, ["password"]],
  ["no credential", { credential: undefined }, []],
  ...([
    { kind: "bearer_token", token: seal("x") },
    { kind: "ssh_private_key", privateKey: seal("x") },
    { kind: "github_app", id: "1", installationId: "2", privateKey: seal("x") },
    { kind: "gcp_service_account_key", key: seal("x") },
  ] satisfies RepositoryCredential[]).map((credential): [string, Repo, string[]] => [
    credential.kind,
    { credential },
    [credential.kind],
  ]),
  ["a client certificate beside a password", {
    clientCertificate: { cert: "x", key: seal("x") },
  }, ["password", "tls_client_cert"]],
];

for (const [what, more, credentials] of CREDENTIALS) {
  Deno.test(`a repository with ${what} is shown with its kind of credential`, async () => {
    const it = argocdCluster();
    await runWrite(
      it,
      repoSecrets({
        type: "git",
        url: "https://git.example.com/app",
        options: { project: "team" },
        ...more,
      }),
    );
    const [secret] = await shownIn(it, "repo");
    assert.deepEqual(secret!.credentials, credentials);
    const { url, name, type, project, usernameIsToken } = secret!.repository!;
    assert.deepEqual([url, name, type, project, usernameIsToken], [
      "https://git.example.com/app",
      "repo",
      "git",
      "team",
      false,
    ]);
    assert.equal(secret!.registries, undefined);
  });
}

const labels = { "argocd.argoproj.io/secret-type": "repo-creds" };

const AZURE: [value: string, is: boolean][] = [
  ["true", true],
  ["1", true],
  ["T", true],
  ["false", false],
  ["0", false],
  ["", false],
];

for (const [value, is] of AZURE) {
  Deno.test(`useAzureWorkloadIdentity '${value}' is ${is ? "a" : "no"} credential`, async () => {
    const { credentials } = await one({ labels }, text({ useAzureWorkloadIdentity: value }));
    assert.deepEqual(credentials, is ? ["azure_workload_identity"] : []);
  });
}

Deno.test("keys without a value are not listed as a credential", async () => {
  const { credentials, keys } = await one({ labels }, text({ password: "", sshPrivateKey: "" }));
  assert.deepEqual(credentials, []);
  assert.deepEqual(keys, [{ key: "password", bytes: 0 }, { key: "sshPrivateKey", bytes: 0 }]);
});

for (const { what, data, fields } of REPOSITORY_ROWS) {
  Deno.test(`a repository secret is shown with the same fields as in a list: ${what}`, async () => {
    assert.deepEqual((await one({ labels }, data)).repository, fields);
  });
}

const MARKS: [what: string, secret: Partial<StoredSecret>, expected: Partial<ShownSecret>][] = [
  ["of somebody else", {}, { isOurs: false, owner: undefined, request: undefined }],
  ["managed by this program", {
    labels: { "app.kubernetes.io/managed-by": "argocd-configurer" },
  }, { isOurs: true, request: undefined }],
  ["last written by this program", {
    annotations: { "argocd-configurer.io/request": "w1" },
  }, { isOurs: true, request: "w1" }],
  ["that another program owns", {
    ownerReferences: [{ kind: "SealedSecret", name: "x" }],
  }, { isOurs: false, owner: "SealedSecret 'x'" }],
  ["that is immutable", { immutable: true }, { immutable: true }],
];

for (const [what, secret, expected] of MARKS) {
  Deno.test(`a secret ${what} is shown as such`, async () => {
    const all = await one(secret);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(all[key as keyof ShownSecret], value, key);
    }
    assert.deepEqual([all.repository, all.credentials, all.registries], Array(3).fill(undefined));
  });
}

Deno.test("an invalid configuration shows no registries", async () => {
  for (const config of ["no JSON", "[]", ""]) {
    const { registries } = await one({}, text({ ".dockerconfigjson": config }));
    assert.equal(registries, undefined);
  }
});

const LOGIN = `{"ghcr.io": {"auth": "${btoa("me:p")}"}}`;
const SHOWN_LOGINS: [what: string, type: string, data: Record<string, string>, users: string[]][] =
  [
    ["the older type", "kubernetes.io/dockercfg", { ".dockercfg": LOGIN }, ["me"]],
    ["the older key in a secret of type Opaque", "Opaque", { ".dockercfg": LOGIN }, ["me"]],
    [
      "the older type, whose other key kubelet does not read",
      "kubernetes.io/dockercfg",
      { ".dockercfg": LOGIN, ".dockerconfigjson": `{"auths": {"quay.io": {"username": "no"}}}` },
      ["me"],
    ],
    [
      "the newer type, whose other key kubelet does not read",
      "kubernetes.io/dockerconfigjson",
      { ".dockercfg": LOGIN, ".dockerconfigjson": `{"auths": {"quay.io": {"username": "yes"}}}` },
      ["yes"],
    ],
  ];

for (const [what, type, data, users] of SHOWN_LOGINS) {
  Deno.test(`the registries of ${what} are shown`, async () => {
    const { registries } = await one({ type }, text(data));
    assert.deepEqual(registries?.map(({ username }) => username), users);
  });
}

Deno.test("sizes are in bytes, and keys are sorted", async () => {
  const data = { b: "ü", a: "", "c.d": "12345", A: "123" };
  const { keys } = await one({}, text(data));
  assert.deepEqual(keys, [
    { key: "A", bytes: 3 },
    { key: "a", bytes: 0 },
    { key: "b", bytes: 2 },
    { key: "c.d", bytes: 5 },
  ]);
});

// --- where it searches --------------------------------------------------------------------------

Deno.test("a secret in one namespace is read without a list", async () => {
  const it = removableCluster();
  const secrets = await shownIn(it, "pull", "b");
  assert.deepEqual(secrets.map(({ secret }) => secret.namespace), ["b"]);
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [["read", 1]]);
  assert.deepEqual(await shownIn(it, "pull", "nowhere"), []);
});

Deno.test("a name without a secret takes one list and no read", async () => {
  const it = removableCluster();
  assert.deepEqual(await shownIn(it, "nothing"), []);
  assert.deepEqual(it.calls.map(({ method }) => method), ["list"]);
});

Deno.test("a secret that is deleted between the list and the read is left out", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "read"
      ? { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") }
      : undefined;
  const secrets = await shownIn(it, "pull");
  assert.deepEqual(secrets.map(({ secret }) => secret.namespace), ["a", "argocd", "c"]);
});

Deno.test("without the right to list all namespaces, those of the settings are searched, with a warning", async () => {
  const it = removableCluster();
  it.fault = ({ index }) => index === 0 ? { kind: "throw", error: "forbidden" } : undefined;
  const outcome = await shown(it, "pull");
  assert.ok(outcome.kind === "shown");
  assert.deepEqual(outcome.secrets.map(({ secret }) => secret.namespace), ["a", "argocd", "b"]);
  assert.match(outcome.warnings[0]!, /searched for in a, b, argocd only/);
});

Deno.test("a cluster that is missing, rejected or failing is reported", async () => {
  using _clock = fakeClock({ runs: true });
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  const refused = await shown(error, "x");
  assert.ok(refused.kind === "failed");
  assert.equal(refused.error, error);
  for (const method of ["list", "read"]) {
    const it = removableCluster();
    it.fault = (call) => call.method === method ? { kind: "hang" } : undefined;
    const failed = await shown(it, "pull", { seconds: 0.05 });
    assert.deepEqual(
      failed.kind === "failed" && [failed.error.kind, failed.seconds],
      ["timeout", 0.05],
    );
    it.fault = (call) => call.method === method ? { kind: "bug" } : undefined;
    await assert.rejects(shown(it, "pull"), TypeError);
  }
});
