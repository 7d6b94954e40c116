import assert from "node:assert/strict";
import { FakeCluster } from "../../kube/fake/store.ts";
import { refKey } from "../../kube/store.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import type { WriteVerdict } from "../write.ts";
import { ARGOCD, LABELS, pullSecrets } from "./desired.ts";

export const NAMESPACES: readonly string[] = ["a", "b", "c", "d", ARGOCD];

/** The keys (`refKey`) of the secrets of {@link pullSecrets}. */
export const PULL_KEYS: readonly string[] = pullSecrets().map(refKey);

export function emptyCluster(): FakeCluster {
  const cluster = new FakeCluster();
  for (const namespace of NAMESPACES) cluster.namespaces.set(namespace, "Active");
  return cluster;
}

/** A cluster with only Argo CD's namespace. */
export function argocdCluster(): FakeCluster {
  const cluster = new FakeCluster();
  cluster.namespaces.set(ARGOCD, "Active");
  return cluster;
}

/** A cluster where b, d and argocd have an old pull secret with labels of others; a and c have none. */
export function pullCluster(): FakeCluster {
  const cluster = emptyCluster();
  for (const namespace of ["b", "d", ARGOCD]) {
    cluster.put({
      namespace,
      name: "pull",
      type: DOCKER_CONFIG_TYPE,
      labels: { ...LABELS, "team.example/owner": "ops" },
      annotations: { "team.example/note": "keep" },
      finalizers: [],
    }, { ".dockerconfigjson": "b2xk" });
  }
  cluster.put({ namespace: "a", name: "bystander" }, { key: "dmFsdWU=" });
  return cluster;
}

/** The unsealed password in a secret. */
export function passwordOf(cluster: FakeCluster, key: string): string | undefined {
  const secret = cluster.secrets.get(key);
  const data = secret?.data.reveal() ?? {};
  if (data[".dockerconfigjson"] === undefined) return data.password && atob(data.password);
  const text = atob(data[".dockerconfigjson"]);
  return text === "old" ? "old" : JSON.parse(text).auths["ghcr.io"].password;
}

/** Fails unless every secret is old or new, and the verdict is right about each. */
export function checkTruth(
  cluster: FakeCluster,
  before: Record<string, unknown>,
  verdict: WriteVerdict,
): void {
  const after = cluster.dump();
  for (const key of PULL_KEYS) {
    const state = passwordOf(cluster, key);
    const expected = key in before ? ["old", "new"] : [undefined, "new"];
    assert.ok(expected.includes(state), `${key} is half: ${state}`);
  }
  assert.deepEqual(after["a/bystander"], before["a/bystander"]);
  if (verdict.kind === "written") {
    for (const key of PULL_KEYS) assert.equal(passwordOf(cluster, key), "new");
    return;
  }
  const notRestored = new Map(
    verdict.kind === "failed" ? verdict.notRestored.map((each) => [refKey(each), each.state]) : [],
  );
  for (const key of PULL_KEYS) {
    const state = notRestored.get(key);
    if (state === undefined) assert.deepEqual(after[key], before[key], `${key} is not as before`);
    if (state === "new") assert.equal(passwordOf(cluster, key), "new");
    if (state === "missing") assert.equal(after[key], undefined);
  }
}
