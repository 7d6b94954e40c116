import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { EmulatedCluster } from "./cluster.ts";

function clusterOf(...keys: string[]): EmulatedCluster {
  const cluster = new EmulatedCluster();
  for (const key of keys) {
    const [namespace = "", name = ""] = key.split("/");
    cluster.put({ metadata: { name, namespace, labels: { name } } });
  }
  return cluster;
}

function keys(list: ReturnType<EmulatedCluster["list"]>): string[] {
  return list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

Deno.test("a list is sorted by namespace and name, its items without kind", () => {
  const cluster = clusterOf("b/a", "a/b", "a-b/c", "a/a");
  const list = cluster.list("secrets", "");
  deepStrictEqual(keys(list), ["a-b/c", "a/a", "a/b", "b/a"]);
  strictEqual(list.kind, "SecretList");
  deepStrictEqual(Object.keys(list.items[0] ?? {}), ["metadata", "type"]);
  deepStrictEqual(keys(cluster.list("secrets", "a")), ["a/a", "a/b"]);
  deepStrictEqual(keys(cluster.list("secrets", "nowhere")), []);
});

Deno.test("the pages of a list show the state at the first request", () => {
  const cluster = clusterOf("n/a", "n/b", "n/c", "n/d", "n/e");
  const first = cluster.list("secrets", "n", { limit: 2 });
  strictEqual(first.metadata.remainingItemCount, 3);
  cluster.remove("n", "c");
  cluster.put({ metadata: { name: "bb", namespace: "n" } });
  const second = cluster.list("secrets", "n", { limit: 2, continue: first.metadata.continue });
  const third = cluster.list("secrets", "n", { limit: 2, continue: second.metadata.continue });
  deepStrictEqual([first, second, third].map(keys), [["n/a", "n/b"], ["n/c", "n/d"], ["n/e"]]);
  strictEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
  strictEqual(third.metadata.continue, undefined);
  deepStrictEqual(keys(cluster.list("secrets", "n")), ["n/a", "n/b", "n/bb", "n/d", "n/e"]);
});

Deno.test("a page with a selector continues after the last object that was checked", () => {
  const cluster = clusterOf("m/x", "n/a", "n/x", "o/x", "p/a");
  const options = { limit: 2, labelSelector: "name=x" };
  const first = cluster.list("secrets", "", options);
  deepStrictEqual(keys(first), ["m/x", "n/x"]);
  strictEqual(first.metadata.remainingItemCount, undefined);
  const second = cluster.list("secrets", "", { ...options, continue: first.metadata.continue });
  deepStrictEqual(keys(second), ["o/x"]);
  strictEqual(second.metadata.continue, undefined);
});

Deno.test("the oldest of many lists under way expires", () => {
  const cluster = clusterOf("n/a", "n/b");
  const { metadata } = cluster.list("secrets", "n", { limit: 1 });
  for (let index = 0; index < 16; index++) {
    cluster.put({ metadata: { name: `x${index}`, namespace: "n" } });
    cluster.list("secrets", "n", { limit: 1 });
  }
  throws(
    () => cluster.list("secrets", "n", { limit: 1, continue: metadata.continue }),
    { code: 410, reason: "Expired" },
  );
  throws(() => cluster.list("secrets", "n", { continue: "x" }), { code: 400 });
});
