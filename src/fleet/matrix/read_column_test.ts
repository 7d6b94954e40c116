import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../../tests/support/arbitrary.ts";
import { KubeError } from "../../kube/errors.ts";
import { FakeCluster } from "../../kube/fake/store.ts";
import type { DataQuery, SecretStore } from "../../kube/store.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { type ColumnRequest, readColumn } from "./read_column.ts";
import { matrixOf } from "./rows.ts";

const TYPE = "kubernetes.io/dockerconfigjson";
const CONFIG = JSON.stringify({ auths: { "ghcr.io": { username: "bot", password: "fake-1" } } });

const SETTINGS = {
  argocdNamespace: "argocd",
  dockerLabels: { "a/type": "docker" },
  dockerNamespaces: ["default"],
};

function pull(cluster: FakeCluster, name: string, labels: Record<string, string> = {}): void {
  const data = { ".dockerconfigjson": encodeBase64Text(CONFIG) };
  cluster.put({ namespace: "default", name, type: TYPE, labels }, data);
}

/** Which lists are forbidden. */
type Fails = (query: DataQuery) => boolean;

const ofArgocd: Fails = ({ namespace }) => namespace === "argocd";

/** The column of a cluster, and the requests that were sent for it. */
async function read(cluster: FakeCluster, request: ColumnRequest = {}, fails?: Fails) {
  const store = cluster.store();
  const queries: DataQuery[] = [];
  const listData: SecretStore["listData"] = (query, deadline) => {
    queries.push(query);
    if (fails?.(query)) return Promise.reject(new KubeError("forbidden", "It may not"));
    return store.listData(query, deadline);
  };
  const made = await readColumn("prod", request, {
    store: { ...store, listData, read: () => assert.fail("it reads secrets by their names") },
    settings: SETTINGS,
    seconds: 10,
    fingerprint: () => Promise.resolve("0123456789abcdef"),
  });
  assert.ok(made.kind === "column");
  const asked = cluster.calls.map(({ method }) => method).sort();
  return { column: made.column, asked, queries };
}

const COUNTS: [request: ColumnRequest, secrets: number, lists: number][] = [
  [{}, 0, 2],
  [{}, 50, 2],
  [{ fingerprints: false }, 50, 2],
  [{ everywhere: true }, 50, 4],
];

for (const [request, secrets, lists] of COUNTS) {
  Deno.test(`${JSON.stringify(request)} with ${secrets} secrets takes ${lists} lists, and one of service accounts`, async () => {
    const cluster = new FakeCluster();
    for (let i = 0; i < secrets; i++) pull(cluster, `ghcr-${i}`, { "a/type": "docker" });
    const { column, asked } = await read(cluster, request);
    assert.equal(column.credentials.length, secrets);
    assert.deepEqual(asked, [
      ...Array.from({ length: lists }, () => "listData"),
      "serviceAccounts",
    ]);
  });
}

const codesOf = ({ credentials }: Awaited<ReturnType<typeof read>>["column"]) =>
  credentials.flatMap(({ id, findings = [] }) => findings.map(({ code }) => `${id} ${code}`));

/** The requested lists of data: their types, and their keys unless all are requested. */
const queriesOf = (queries: readonly DataQuery[]) =>
  queries.map(({ type, namespace, keys }) => ({ type, namespace, keys }));

for (const fingerprints of [true, false]) {
  for (const count of [1, 150]) {
    Deno.test(`two lists of names find the missing ones of ${count} pull secrets without a label (fingerprints: ${fingerprints})`, async () => {
      const cluster = new FakeCluster();
      const named = Array.from({ length: count }, (_, i) => `dockercfg-${i}`);
      for (const name of named) pull(cluster, name);
      const pullSecrets = [...named, "gone", "gone-too"];
      cluster.putAccount({ namespace: "default", name: "default", pullSecrets });
      const { column, asked, queries } = await read(cluster, { fingerprints });
      assert.deepEqual(codesOf(column), [
        "docker/gone pull_secret_missing",
        "docker/gone-too pull_secret_missing",
      ]);
      assert.deepEqual(asked, [...Array(4).fill("listData"), "serviceAccounts"]);
      assert.deepEqual(queriesOf(queries.slice(2)), [
        { type: TYPE, namespace: undefined, keys: [] },
        { type: "kubernetes.io/dockercfg", namespace: undefined, keys: [] },
      ]);
    });
  }
}

Deno.test("with everywhere, all pull secrets are listed already, and no further list is needed", async () => {
  const cluster = new FakeCluster();
  cluster.putAccount({ namespace: "default", name: "default", pullSecrets: ["there", "gone"] });
  pull(cluster, "there");
  const { column, asked } = await read(cluster, { everywhere: true });
  assert.deepEqual(codesOf(column), ["docker/gone pull_secret_missing"]);
  assert.equal(asked.filter((each) => each === "listData").length, 4);
});

Deno.test("without the right to list all namespaces, missing secrets are found in those that can be listed", async () => {
  const cluster = new FakeCluster();
  for (const namespace of ["default", "other"]) {
    const pullSecrets = Array.from({ length: 150 }, (_, i) => `gone-${i}`);
    cluster.putAccount({ namespace, name: "default", pullSecrets: ["there", ...pullSecrets] });
  }
  pull(cluster, "there");
  const narrow: Fails = ({ type, namespace }) => type !== undefined && namespace === undefined;
  const { column } = await read(cluster, {}, narrow);
  const found = codesOf(column);
  assert.equal(found.length, 150);
  assert.ok(!found.includes("docker/there pull_secret_missing"));
  assert.deepEqual(column.warnings, [
    "151 pull secrets that service accounts name are in namespaces that could not be searched",
  ]);
});

Deno.test("if names cannot be listed, no secret is reported as missing, with a warning", async () => {
  const cluster = new FakeCluster();
  cluster.putAccount({ namespace: "default", name: "default", pullSecrets: ["gone"] });
  const { column } = await read(cluster, {}, ({ type }) => type !== undefined);
  assert.deepEqual(codesOf(column), []);
  assert.match(
    column.warnings![0]!,
    /^Cannot search for the pull secrets of service accounts: /,
  );
});

const REFUSED: [part: string, fails: Fails, request: ColumnRequest, expected: object][] = [
  ["Argo CD's namespace", ofArgocd, {}, {
    ids: ["docker/ghcr"],
    not_seen: { argocd: "forbidden" },
    warnings: 1,
  }],
  ["Argo CD's namespace", ofArgocd, { kinds: ["docker"] }, { ids: ["docker/ghcr"], warnings: 0 }],
  ["any other namespace", (query) => !ofArgocd(query), {}, {
    ids: ["repository/git/https://git.example/app"],
    not_seen: { docker: "forbidden" },
    warnings: 1,
  }],
  ["any other namespace", (query) => !ofArgocd(query), { kinds: ["repository"] }, {
    ids: ["repository/git/https://git.example/app"],
    warnings: 0,
  }],
];

for (const [part, fails, request, expected] of REFUSED) {
  Deno.test(`without the right to list secrets in ${part}, the rest is read: ${JSON.stringify(request)}`, async () => {
    const cluster = new FakeCluster();
    pull(cluster, "ghcr", { "a/type": "docker" });
    const labels = { "argocd.argoproj.io/secret-type": "repository" };
    const data = { url: encodeBase64Text("https://git.example/app") };
    cluster.put({ namespace: "argocd", name: "app", labels }, data);
    cluster.putAccount({ namespace: "default", name: "default", pullSecrets: ["ghcr"] });
    const { column } = await read(cluster, request, fails);
    const { credentials, not_seen, warnings = [] } = column;
    assert.deepEqual({
      ids: credentials.map(({ id }) => id),
      ...not_seen && { not_seen },
      warnings: warnings.length,
    }, expected);
  });
}

Deno.test("an unreachable cluster has a reason instead of a column", async () => {
  const cluster = new FakeCluster();
  cluster.fault = () => ({ kind: "throw", error: "unreachable" });
  const made = await readColumn("prod", {}, {
    store: cluster.store(),
    settings: SETTINGS,
    seconds: 10,
    fingerprint: () => Promise.resolve(undefined),
  });
  assert.ok(made.kind === "failed");
  assert.deepEqual([made.cluster, made.error.kind, made.seconds], ["prod", "unreachable", 10]);
});

const text = fc.oneof(
  anyText(),
  fc.constantFrom(
    "",
    "true",
    "yes\n",
    "{",
    '{"auths":{"ghcr.io":{}}}',
    '{"auths":{"":null}}',
    "git@h:p",
  ),
  fc.webUrl(),
);

const oddData = fc.dictionary(
  fc.constantFrom(
    ...["url", "username", "password", "type", "project", "enableOCI", "proxy", "bearerToken"],
    ...["githubAppID", ".dockerconfigjson", ".dockercfg", "azureServicePrincipalClientID", "x"],
  ),
  text,
);

const oddSecret = fc.record({
  namespace: fc.constantFrom("argocd", "default"),
  name: fc.constantFrom("a", "b", "c", "d"),
  type: fc.constantFrom("Opaque", TYPE, "kubernetes.io/dockercfg", ""),
  secretType: fc.constantFrom(
    ...["repository", "repo-creds", "repository-write", "repo-write-creds", "cluster", "__proto__"],
    undefined,
  ),
  data: oddData,
});

Deno.test("secrets with any content get a column and can be told apart", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(oddSecret, { maxLength: 6 }), async (secrets) => {
      const cluster = new FakeCluster();
      for (const { secretType, data, ...secret } of secrets) {
        const labels = {
          "a/type": "docker",
          ...secretType === undefined ? {} : { "argocd.argoproj.io/secret-type": secretType },
        };
        cluster.put(
          { ...secret, labels },
          Object.fromEntries(
            Object.entries(data).map(([key, each]) => [key, encodeBase64Text(each)]),
          ),
        );
      }
      const { column } = await read(cluster, { everywhere: true });
      const docker = column.credentials.filter(({ kind }) => kind === "docker");
      assert.equal(docker.flatMap(({ secrets }) => secrets).length, cluster.secrets.size);
      const ids = column.credentials.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const { credentials } = matrixOf([{
        name: "prod",
        column: JSON.parse(JSON.stringify(column)),
      }]);
      assert.deepEqual(credentials.map(({ id }) => id).sort(), ids.sort());
    }),
    { numRuns: 300 },
  );
});
