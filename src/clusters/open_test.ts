import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { apiStore } from "../kube/api/store.ts";
import { Breakers } from "../kube/breaker.ts";
import { deadlineIn } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import { readYaml } from "../kube/kubeconfig/yaml.ts";
import { seal } from "../log/sealed.ts";
import { folderSource } from "./folder_source.ts";
import { clusterOpener, type OpenedCluster, type OpenerOptions } from "./open.ts";
import { inMemory, usable } from "./fake/in_memory.ts";
import { type ClusterSource, listClusters } from "./source.ts";
import { FolderLog } from "./folder_log.ts";

/** The timeout of an operation; a failure counts from half of it on. */
const SECONDS = 0.1;

const PAUSE = 5000;

/** An opener whose clusters all have the same store in memory. */
function scene(sources: readonly ClusterSource[], more: Partial<OpenerOptions> = {}) {
  const cluster = new FakeCluster();
  cluster.namespaces.set("default", "Active");
  const open = clusterOpener({
    sources,
    storeOf: () => cluster.store(),
    breakers: new Breakers({ pause: PAUSE }),
    seconds: SECONDS,
    argocdNamespace: "argocd",
    ...more,
  });
  return { cluster, open };
}

async function opened(opening: ReturnType<ReturnType<typeof clusterOpener>>) {
  const it = await opening;
  assert.equal(it.kind, "open");
  return it as OpenedCluster;
}

const namespaces = ({ store }: OpenedCluster) => store.namespaces(undefined, deadlineIn(SECONDS));

async function withFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: ClusterSource, path: string) => Promise<void>,
) {
  const path = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${path}/${name}`, content, { mode: 0o600 });
    }
    const rules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: false };
    await test(folderSource(path, rules, new FolderLog()), path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function identityOf(source: ClusterSource, name: string): Promise<string> {
  const found = await source.find(name);
  assert.ok(found !== undefined && found.problem === undefined);
  return found.identity;
}

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: {token: token-${crypto.randomUUID()}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;
}

// --- sources ------------------------------------------------------------------------------------

Deno.test("clusters of another source are listed and opened beside those of the folder", () =>
  withFolder({ "b.kubeconfig": kubeconfig("https://b:6443") }, async (folder, path) => {
    const sources = [folder, inMemory(usable("a", { labels: { env: "prod" } }), usable("c"))];
    assert.deepEqual(await listClusters(sources), {
      clusters: [
        { name: "a", labels: { env: "prod" }, source: "folder" },
        { name: "b", labels: {}, source: "folder" },
        { name: "c", labels: {}, source: "folder" },
      ],
      warnings: [],
    });
    const asked: string[] = [];
    const { open } = scene(sources, {
      storeOf: ({ name, kubeconfig }) => {
        asked.push(`${name} ${kubeconfig.path}`);
        return new FakeCluster().store();
      },
    });
    for (const name of ["a", "b"]) {
      const it = await opened(open(name));
      assert.equal(it.name, name);
      assert.deepEqual(await namespaces(it), new Map());
    }
    assert.deepEqual(asked, ["a ", `b ${path}/b.kubeconfig`]);
  }));

Deno.test("a cluster whose kubeconfig is not in a file is reached through the API", async () => {
  const emulator = startEmulator();
  try {
    const content = seal(readYaml(emulator.kubeconfig()));
    const source = inMemory(usable("a", { kubeconfig: { path: "", content } }));
    const store = apiStore({
      cluster: "a",
      kubeconfig: { path: "", content },
      env: {},
      connectSeconds: 5,
    });
    const { open } = scene([source], { storeOf: () => store, seconds: 10 });
    const it = await opened(open("a"));
    assert.ok((await it.store.namespaces(undefined, deadlineIn(10))).has("default"));
    store.close();
  } finally {
    await emulator.stop();
  }
});

Deno.test("of two clusters with one name the first source's is used, with a warning", () =>
  withFolder({ "a.kubeconfig": kubeconfig("https://of-the-folder:6443/") }, async (folder) => {
    const sources = [folder, inMemory(usable("a"))];
    const { clusters, warnings } = await listClusters(sources);
    assert.deepEqual(clusters, [{ name: "a", labels: {}, source: "folder" }]);
    assert.deepEqual(warnings.map(({ kind, text }) => [kind, text]), [
      ["defined_twice", "Cluster 'a' is defined in two sources; the first one is used"],
    ]);
    const it = await opened(scene(sources).open("a"));
    assert.equal(it.lockScope, await identityOf(folder, "a"));
    const turned = await opened(scene(sources.toReversed()).open("a"));
    assert.equal(turned.lockScope, "server of a");
  }));

Deno.test("a cluster that no source has is reported with the file that it would have in the folder", () =>
  withFolder({}, async (folder, path) => {
    const { open } = scene([inMemory(usable("a")), folder]);
    assert.deepEqual(await open("b"), {
      kind: "cluster_not_found",
      cluster: "b",
      file: `${path}/b.kubeconfig`,
      argocdNamespace: "argocd",
    });
    const alone = await scene([inMemory()]).open("b");
    assert.deepEqual(alone, {
      kind: "cluster_not_found",
      cluster: "b",
      file: "b",
      argocdNamespace: "argocd",
    });
  }));

Deno.test("a missing folder has no clusters", async () => {
  const rules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: false };
  const source = folderSource("/nowhere/at/all", rules, new FolderLog());
  assert.deepEqual(await listClusters([source]), { clusters: [], warnings: [] });
  assert.equal(await source.find("a"), undefined);
});

Deno.test("a changed kubeconfig is another version, and an unchanged one is the same", () =>
  withFolder({ "a.kubeconfig": kubeconfig("https://a:443") }, async (folder, path) => {
    const version = async () => {
      const found = await folder.find("a");
      assert.ok(found !== undefined && found.problem === undefined);
      return found.version;
    };
    const first = await version();
    assert.equal(await version(), first);
    await Deno.writeTextFile(`${path}/a.kubeconfig`, kubeconfig("https://a/") + "# changed\n");
    assert.notEqual(await version(), first);
  }));

// --- clusters that get no request ---------------------------------------------------------------

Deno.test("a rejected kubeconfig fails every call, and the cluster is not contacted", () =>
  withFolder({ "a.kubeconfig": "- no mapping" }, async (folder, path) => {
    const { open } = scene([folder], { storeOf: () => assert.fail("it must not be contacted") });
    const it = await opened(open("a"));
    await assert.rejects(namespaces(it), (error) => {
      assert.ok(error instanceof KubeError);
      assert.deepEqual([error.kind, error.details], ["invalid_kubeconfig", { cluster: "a" }]);
      assert.equal(
        error.message,
        `Cannot use kubeconfig '${path}/a.kubeconfig': it is not a YAML mapping`,
      );
      return true;
    });
  }));

Deno.test("a hung cluster is not contacted under any of its names, and no request waits for its lock", async () => {
  using clock = fakeClock();
  const identity = "server of both";
  const { cluster, open } = scene([inMemory(usable("a", { identity }), usable("b", { identity }))]);
  cluster.fault = () => ({ kind: "hang" });
  const hang = async (name: string) => {
    const asking = namespaces(await opened(open(name)));
    await Promise.allSettled([asking, clock.advance(SECONDS * 1000)]);
    await assert.rejects(asking, { kind: "timeout" });
  };
  const before = await opened(open("a"));
  for (const name of ["a", "b"]) await hang(name);
  assert.equal(cluster.calls.length, 2);
  for (const name of ["a", "b"]) {
    const it = await opened(open(name));
    const message = new RegExp(
      `^Cannot connect to cluster '${name}': circuit breaker open, the last request got no response 1 second`,
    );
    await assert.rejects(namespaces(it), { kind: "unreachable", message });
    assert.notEqual(it.lockScope, before.lockScope);
  }
  // A cluster that was opened earlier, and sends its first request now.
  await assert.rejects(namespaces(before), { kind: "unreachable" });
  assert.equal(cluster.calls.length, 2);
});

Deno.test("opening a cluster sends no request: its first call tests whether it responds again", async () => {
  using clock = fakeClock();
  const { cluster, open } = scene([inMemory(usable("a"))]);
  cluster.fault = () => ({ kind: "hang" });
  for (const _ of [1, 2]) {
    const asking = namespaces(await opened(open("a")));
    await Promise.allSettled([asking, clock.advance(SECONDS * 1000)]);
  }
  await clock.advance(PAUSE);
  cluster.fault = () => undefined;
  await opened(open("a")); // and nothing more
  assert.equal((await namespaces(await opened(open("a")))).size, 1);
});

Deno.test("an unexpected error of a source is thrown", async () => {
  const source: ClusterSource = {
    ...inMemory(),
    find: () => Promise.reject(new TypeError("a bug")),
  };
  await assert.rejects(scene([source]).open("a"), TypeError);
});
