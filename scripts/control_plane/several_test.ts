import { equal, notEqual } from "node:assert/strict";
import { clustersFromEnv } from "./several.ts";

const clusters = clustersFromEnv();

Deno.test({
  name: "four API servers over one etcd are clusters that share neither objects nor credentials",
  ignore: clusters.length === 0,
  async fn() {
    equal(clusters.length, 4);
    const name = `of-one-cluster-${crypto.randomUUID().slice(0, 8)}`;
    const secret = { metadata: { name }, stringData: { from: "the first" } };
    const path = "/api/v1/namespaces/argocd/secrets";
    const [first, ...others] = clusters as [typeof clusters[0], ...typeof clusters];
    equal((await first.request("POST", path, secret)).status, 201);
    for (const other of others) {
      equal((await other.request("GET", "/api/v1/namespaces/team-a")).status, 200);
      equal((await other.request("GET", `${path}/${name}`)).status, 404);
      notEqual(other.url, first.url);
      notEqual(
        await Deno.readTextFile(other.kubeconfigs.administrator),
        await Deno.readTextFile(first.kubeconfigs.administrator),
      );
    }
    equal((await first.request("DELETE", `${path}/${name}`)).status, 200);
  },
});
