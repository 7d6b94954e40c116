import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import { Breakers } from "../kube/breaker.ts";
import { folderSource } from "./folder_source.ts";
import { clusterOpener } from "./open.ts";
import { FolderLog } from "./folder_log.ts";
import {
  type ClusterSource,
  fleetTransportOf,
  listClusters,
  type UsableCluster,
} from "./source.ts";
import type { VetRules } from "./vet.ts";

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://c:6443"}}]
users: [{name: u, user: {token: token-${crypto.randomUUID()}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

interface Folder {
  readonly path: string;
  readonly file: string;
  readonly source: ClusterSource;
  write(labels: string): void;
}

/** A folder with the clusters a and b, and these labels if any. */
async function withFolder(
  labels: string | undefined,
  test: (folder: Folder) => Promise<void>,
  more: Partial<VetRules> = {},
): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    for (const name of ["a", "b"]) {
      await Deno.writeTextFile(`${path}/${name}.kubeconfig`, KUBECONFIG, { mode: 0o600 });
    }
    const file = `${path}/labels.yaml`;
    const write = (text: string) => Deno.writeTextFileSync(file, text, { mode: 0o600 });
    if (labels !== undefined) write(labels);
    const rules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: false, ...more };
    const source = folderSource(path, rules, new FolderLog());
    await test({ path, file, source, write });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function usable(source: ClusterSource, name: string): Promise<UsableCluster> {
  const found = await source.find(name);
  assert.ok(found !== undefined && found.problem === undefined, String(found?.problem));
  return found;
}

async function problemOf(source: ClusterSource, name: string): Promise<KubeError> {
  const found = await source.find(name);
  assert.ok(found?.problem !== undefined);
  return found.problem;
}

Deno.test("the clusters of a folder have the labels of its labels file", () =>
  withFolder("a: {env: prod, argocd-configurer.io/timeout: 60}\n", async ({ source, file }) => {
    const labels = { env: "prod", "argocd-configurer.io/timeout": "60" };
    assert.deepEqual(await source.list(), {
      clusters: [{ name: "a", labels }, { name: "b", labels: {} }],
      warnings: [],
    });
    const { own, labelsAt, ...a } = await usable(source, "a");
    assert.deepEqual([a.labels, own, labelsAt], [labels, { seconds: 60 }, file]);
    assert.deepEqual((await usable(source, "b")).own, {});
  }));

Deno.test("a labels file is not reported as a misnamed kubeconfig", () =>
  withFolder("", async ({ path }) => {
    const { clustersFolder } = await import("./folder.ts");
    assert.deepEqual(await clustersFolder(path).look(), { names: ["a", "b"], ignored: [] });
  }));

Deno.test("labels for names without a kubeconfig give a sorted warning, and affect no cluster", () =>
  withFolder("z: {env: prod}\na: {env: dev}\nc: {env: dev}\n", async ({ source, file }) => {
    const { warnings } = await listClusters([source]);
    const text = `${file} has labels for clusters without a kubeconfig: c, z`;
    assert.deepEqual(warnings, [
      { kind: "labels_unused", file, clusters: ["c", "z"], total: 2, text },
    ]);
    assert.deepEqual((await usable(source, "a")).labels, { env: "dev" });
    assert.equal(await source.find("z"), undefined);
  }));

Deno.test("the warning about names without a kubeconfig lists at most twenty", () =>
  withFolder(
    Array.from({ length: 25 }, (_, i) => `x${i}: {env: dev}`).join("\n"),
    async ({ source }) => {
      const [warning] = (await source.list()).warnings!;
      assert.match(warning!.text, /: x0, x1, x10, .*, x3, x4 and 5 more$/);
    },
  ));

Deno.test("changed labels take effect immediately, also when the file becomes unreadable or is removed", () =>
  withFolder(undefined, async ({ source, write, file }) => {
    assert.deepEqual((await usable(source, "a")).labels, {});
    write("a: {env: prod}");
    assert.deepEqual((await usable(source, "a")).labels, { env: "prod" });
    write("a: {env: prod2}");
    assert.deepEqual((await usable(source, "a")).labels, { env: "prod2" });
    write("a: {env: [");
    assert.equal((await problemOf(source, "a")).kind, "labels_unreadable");
    write("a: {env: prod}");
    assert.deepEqual((await usable(source, "a")).labels, { env: "prod" });
    await Deno.remove(file);
    assert.deepEqual((await usable(source, "a")).labels, {});
  }));

const UNREADABLE: [what: string, spoil: (folder: Folder) => void, why: RegExp][] = [
  [
    "malformed",
    ({ write }) => write("a:\n  b c: d"),
    /labels\.yaml:2: (cluster 'a', label 'b c': )?invalid label key/,
  ],
  ["not UTF-8", ({ file }) => Deno.writeFileSync(file, new Uint8Array([0xc3, 0x28])), /not UTF-8/],
  ["writable by everyone", ({ file }) => Deno.chmodSync(file, 0o666), /it is world-writable/],
  [
    "in a folder that everyone may write to",
    ({ path }) => Deno.chmodSync(path, 0o777),
    /its folder .* is not safe/,
  ],
  ["a folder", ({ file }) => {
    Deno.removeSync(file);
    Deno.mkdirSync(file);
  }, /it is a folder/],
  ["a link to nothing", ({ file, path }) => {
    Deno.removeSync(file);
    Deno.symlinkSync(`${path}/gone`, file);
  }, /a symbolic link to a file that does not exist/],
  ["over a megabyte", ({ write }) => write("#".repeat(1024 * 1024 + 1)), /larger than/],
];

for (const [what, spoil, why] of UNREADABLE) {
  Deno.test(`while labels are ${what}, no cluster is used, and all are listed with a warning`, () =>
    withFolder("a: {env: prod}\n", async (folder) => {
      await usable(folder.source, "a"); // labels that were read before are no longer used
      spoil(folder);
      if (what === "in a folder that everyone may write to") {
        // The kubeconfigs are rejected, too, but the labels are the reported reason.
        assert.match((await problemOf(folder.source, "b")).message, why);
      }
      const { clusters, warnings = [], labelsProblem } = await folder.source.list();
      assert.deepEqual(clusters, [{ name: "a", labels: {} }, { name: "b", labels: {} }]);
      assert.match(warnings.map(({ text }) => text).join(), why);
      assert.equal(labelsProblem?.kind, "labels_unreadable");
      const all = await listClusters([folder.source]);
      assert.equal(all.labelsProblem?.message, labelsProblem.message);
      for (const name of ["a", "b"]) {
        const { kind, message, details } = await problemOf(folder.source, name);
        assert.deepEqual([kind, details.cluster], ["labels_unreadable", name]);
        assert.match(message, why);
        assert.match(message, /^Cannot read cluster labels in .*labels\.yaml/);
      }
      // Labels of a cluster without a kubeconfig are not reported.
      assert.equal(await folder.source.find("c"), undefined);
    }));
}

Deno.test("the warning about invalid labels quotes them, and the errors of clusters do not", () =>
  withFolder("a: {env: prod}\nclosed: {env: a b}\n", async ({ source, file }) => {
    const [warning] = (await source.list()).warnings!;
    const [where, why] = [`Cannot read cluster labels in ${file}:2: `, "invalid label value: "];
    const named = `${where}cluster 'closed', label 'env', value 'a b': ${why}`;
    assert.ok(warning!.text.startsWith(named), warning!.text);
    const { message } = await problemOf(source, "a");
    assert.ok(message.startsWith(`${where}${why}`), message);
    assert.ok(!/closed|a b'/.test(message), message);
  }));

Deno.test("a label with an unusable value makes only its own cluster unusable", () =>
  withFolder("a: {argocd-configurer.io/timeout: fast}\n", async ({ source, file }) => {
    const { kind, message } = await problemOf(source, "a");
    assert.equal(kind, "invalid_labels");
    assert.equal(
      message,
      "Cannot use cluster 'a': label argocd-configurer.io/timeout is 'fast' and must be a " +
        `number of seconds above 0, at most 3600 (in ${file})`,
    );
    await usable(source, "b");
    assert.deepEqual((await source.list()).warnings, []);
  }));

const OWN: [labels: string, seconds: number, argocdNamespace: string | undefined, way: string][] = [
  ["", 10, "argocd", "kubectl"],
  ["a: {argocd-configurer.io/timeout: 2.5}", 2.5, "argocd", "kubectl"],
  ["a: {argocd-configurer.io/argocd-namespace: gitops}", 10, "gitops", "kubectl"],
  ["a: {argocd-configurer.io/argocd-namespace: none}", 10, undefined, "kubectl"],
  ["a: {argocd-configurer.io/transport: api}", 10, "argocd", "api"],
  ["b: {argocd-configurer.io/timeout: 1}", 10, "argocd", "kubectl"],
];

for (const [labels, seconds, argocdNamespace, way] of OWN) {
  Deno.test(`with the labels ${JSON.stringify(labels)} a cluster opens with these settings`, () =>
    withFolder(labels, async ({ source }) => {
      const reached: string[] = [];
      const times: number[] = [];
      const open = clusterOpener({
        sources: [source],
        storeOf({ transport }) {
          reached.push(transport);
          return new FakeCluster().store();
        },
        breakers: new Breakers(),
        ...{ seconds: 10, argocdNamespace: "argocd" },
        onOpen: (seconds) => times.push(seconds),
      });
      const it = await open("a");
      assert.ok(it.kind === "open");
      assert.deepEqual([it.seconds, it.argocdNamespace], [seconds, argocdNamespace]);
      assert.deepEqual([reached, times], [[way], [seconds]]);
    }));
}

Deno.test("a SOCKS proxy makes a cluster unusable only if it is reached by api", () =>
  withFolder("a: {argocd-configurer.io/transport: api}\n", async ({ source, path }) => {
    const proxied = KUBECONFIG.replace("server:", "proxy-url: socks5://p:1080, server:");
    for (const name of ["a", "b"]) Deno.writeTextFileSync(`${path}/${name}.kubeconfig`, proxied);
    assert.equal((await problemOf(source, "a")).kind, "invalid_kubeconfig");
    assert.equal((await usable(source, "b")).transport, "kubectl");
  }));

const PLUGIN = KUBECONFIG.replace(
  /\{token: [^}]*\}/,
  "{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Never}}",
);

const WAYS: [by: string, labels: string, rules: Partial<VetRules>, transport: string][] = [
  ["a label", "a: {argocd-configurer.io/transport: api}\n", {}, "api"],
  ["the setting", "", { isOverApi: true }, "api"],
  ["a label against the setting", "a: {argocd-configurer.io/transport: kubectl}\n", {
    isOverApi: true,
  }, "kubectl"],
];

for (const [by, labels, rules, transport] of WAYS) {
  Deno.test(`with ${transport} from ${by}, a kubeconfig with a plugin runs programs in a fleet, too`, () =>
    withFolder(labels, async ({ source, path }) => {
      const isKubectl = transport === "kubectl";
      assert.deepEqual(fleetTransportOf(await usable(source, "a")), {
        transport,
        runsPrograms: isKubectl,
      });
      Deno.writeTextFileSync(`${path}/a.kubeconfig`, PLUGIN);
      assert.deepEqual(fleetTransportOf(await usable(source, "a")), {
        transport,
        runsPrograms: true,
      });
    }, { allowExecPlugins: true, ...rules }));
}
