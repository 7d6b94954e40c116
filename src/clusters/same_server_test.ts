import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { Breakers } from "../kube/breaker.ts";
import { deadlineIn } from "../kube/deadline.ts";
import type { KubeError } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import { folderSource } from "./folder_source.ts";
import { clusterOpener, type OpenedCluster } from "./open.ts";
import { FolderLog } from "./folder_log.ts";

/** Kubeconfigs of one API server share a breaker and locks. */

/** The timeout of an operation; a failure counts from half of it on. */
const SECONDS = 0.1;

/** The server of a kubeconfig, and further fields of its cluster in YAML. */
type Cluster = readonly [server: string, more?: string];

type Pair = readonly [what: string, a: Cluster, b: Cluster];

const PRIVATE = "https://10.0.0.1:6443";
const PASSWORD = `canary-${crypto.randomUUID()}`;
const proxy = (url: string) => `, proxy-url: "${url}"`;
const tlsName = (name: string) => `, tls-server-name: "${name}"`;

const OTHER: readonly Pair[] = [
  ["behind two proxies", [PRIVATE, proxy("http://a:3128")], [PRIVATE, proxy("http://b:3128")]],
  ["one behind a proxy", [PRIVATE], [PRIVATE, proxy("socks5://a")]],
  ["behind two ports of a proxy", [PRIVATE, proxy("http://a:1")], [PRIVATE, proxy("http://a:2")]],
  [
    "behind a proxy with two users",
    [PRIVATE, proxy(`http://u:${PASSWORD}@a`)],
    [PRIVATE, proxy(`http://v:${PASSWORD}@a`)],
  ],
  ["with two names in TLS", [PRIVATE, tlsName("a.example")], [PRIVATE, tlsName("b.example")]],
  ["one with a name in TLS", [PRIVATE], [PRIVATE, tlsName("a.example")]],
];

const SAME: readonly Pair[] = [
  [
    "with one proxy and name",
    [PRIVATE, proxy(`http://u:${PASSWORD}@a:3128`) + tlsName("a.example")],
    [PRIVATE, proxy(`http://u:${PASSWORD}@a:3128`) + tlsName("a.example")],
  ],
  ["with one proxy, spelt twice", [PRIVATE, proxy("http://a")], [PRIVATE, proxy("HTTP://A:80/")]],
  [
    "with one SOCKS proxy, spelt twice",
    [PRIVATE, proxy("socks5://a")],
    [PRIVATE, proxy("socks5://A:1080")],
  ],
  [
    "with one name, spelt twice",
    [PRIVATE, tlsName("a.example")],
    [PRIVATE, tlsName("A.example")],
  ],
  ["one with the TLS name of its URL", [PRIVATE], [PRIVATE, tlsName("10.0.0.1")]],
  ["one with the TLS name of its IPv6 URL", ["https://[::1]"], ["https://[::1]", tlsName("::1")]],
  ["over plain HTTP, which ignores the TLS name", ["http://a"], ["http://a", tlsName("b.example")]],
  ["with one URL, spelt twice", ["https://a"], ["https://A:443/"]],
];

for (const [isSame, pairs] of [[false, OTHER], [true, SAME]] as const) {
  const how = isSame ? "share a breaker and locks" : "have separate breakers and locks";
  for (const [what, a, b] of pairs) {
    Deno.test(`two clusters ${how}: ${what}`, () =>
      withFolder({ a, b }, async (folder) => {
        using clock = fakeClock();
        const open = opener(folder);
        const scopes = [await open("a"), await open("b")].map(({ lockScope }) => lockScope);
        assert.equal(new Set(scopes).size, isSame ? 1 : 2);
        for (const _ of [1, 2]) {
          const asking = namespaces(await open("a"));
          await Promise.allSettled([asking, clock.advance(SECONDS * 1000)]);
          await assert.rejects(asking, { kind: "timeout" });
        }
        const asking = namespaces(await open("b"));
        if (isSame) await assert.rejects(asking, { kind: "unreachable" });
        else assert.equal((await asking).size, 0);
        const refused: KubeError = await namespaces(await open("a")).catch((error) => error);
        assert.equal(refused.kind, "unreachable");
        const shown = JSON.stringify([scopes, refused.message, refused.details]);
        assert.ok(!shown.includes(PASSWORD) && !shown.includes(PRIVATE));
      }));
  }
}

const namespaces = ({ store }: OpenedCluster) => store.namespaces(undefined, deadlineIn(SECONDS));

/** Clusters; `a` hangs. */
function opener(folder: string): (name: string) => Promise<OpenedCluster> {
  const rules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: false };
  const ill = new FakeCluster();
  ill.fault = () => ({ kind: "hang" });
  const open = clusterOpener({
    sources: [folderSource(folder, rules, new FolderLog())],
    storeOf: ({ name }) => (name === "a" ? ill : new FakeCluster()).store(),
    breakers: new Breakers(),
    seconds: SECONDS,
    argocdNamespace: "argocd",
  });
  return async (name) => {
    const it = await open(name);
    assert.ok(it.kind === "open");
    return it;
  };
}

async function withFolder(
  clusters: Readonly<Record<string, Cluster>>,
  test: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, cluster] of Object.entries(clusters)) {
      const content = kubeconfig(...cluster);
      await Deno.writeTextFile(`${folder}/${name}.kubeconfig`, content, { mode: 0o600 });
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function kubeconfig(server: string, more = ""): string {
  return `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"${more}}}]
users: [{name: u, user: {token: token-${crypto.randomUUID()}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;
}
