import assert from "node:assert/strict";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { seal } from "../../log/sealed.ts";
import { emptyCluster } from "../fake/clusters.ts";
import { LABELS, pullSecrets } from "../fake/desired.ts";
import { runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";

/** A request that merges one registry into existing secrets. */
function adding(registry: string, password = "new"): DesiredSecret[] {
  return pullSecrets(password, {
    merge: true,
    credentials: [{ registry, username: "user", password: seal(password) }],
  });
}

function put(it: FakeCluster, namespace: string, config: string, type = DOCKER_CONFIG_TYPE): void {
  const data = { ".dockerconfigjson": btoa(config) };
  it.put({ namespace, name: "pull", type, ...(type === "Opaque" ? {} : { labels: LABELS }) }, data);
}

/** The passwords of a secret by registry. */
function loginsIn(it: FakeCluster, key: string): Record<string, string> {
  const { ".dockerconfigjson": config } = it.secrets.get(key)!.data.reveal();
  const auths = JSON.parse(atob(config!)).auths as Record<string, { password: string }>;
  return Object.fromEntries(Object.entries(auths).map(([key, { password }]) => [key, password]));
}

Deno.test("a registry is added to existing secrets, and missing secrets are created", async () => {
  const it = emptyCluster();
  put(it, "a", `{"auths": {"quay.io": {"password": "theirs"}}}`);
  const verdict = await runWrite(it, adding("ghcr.io"));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ action }) => action), [
    "replaced",
    ...Array(4).fill("created"),
  ]);
  assert.deepEqual(loginsIn(it, "a/pull"), { "quay.io": "theirs", "ghcr.io": "new" });
  assert.deepEqual(loginsIn(it, "b/pull"), { "ghcr.io": "new" });
});

Deno.test("a registry that is already there is unchanged, whatever the other registries are", async () => {
  const it = emptyCluster();
  await runWrite(it, adding("ghcr.io"));
  await runWrite(it, adding("quay.io"));
  const verdict = await runWrite(it, adding("ghcr.io"));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ action }) => action), [
    ...Array(5).fill("unchanged"),
  ]);
});

Deno.test("a registry that somebody else adds at the same time is kept", async () => {
  const it = emptyCluster();
  await runWrite(it, adding("ghcr.io", "old"));
  let replaced = 0;
  it.fault = ({ method }) =>
    method === "replace" && ++replaced === 1
      ? {
        kind: "meanwhile",
        act: (cluster) => {
          const current = cluster.secrets.get("b/pull")!;
          const config = JSON.parse(atob(current.data.reveal()[".dockerconfigjson"]!));
          config.auths["quay.io"] = { password: "theirs" };
          cluster.put(current, { ".dockerconfigjson": btoa(JSON.stringify(config)) });
        },
      }
      : undefined;
  assert.equal((await runWrite(it, adding("ghcr.io"))).kind, "written");
  assert.deepEqual(loginsIn(it, "b/pull"), { "ghcr.io": "new", "quay.io": "theirs" });
});

Deno.test("programs that add registries concurrently lose none of them", async () => {
  const it = emptyCluster();
  const registries = ["a.example", "b.example", "c.example"];
  const verdicts = await Promise.all(registries.map((each) => runWrite(it, adding(each))));
  assert.deepEqual(verdicts.map(({ kind }) => kind), ["written", "written", "written"]);
  for (const key of ["a/pull", "argocd/pull"]) {
    assert.deepEqual(Object.keys(loginsIn(it, key)).sort(), registries);
  }
});

Deno.test("if one secret fails, the others get back the registries that they had", async () => {
  const it = emptyCluster();
  for (const namespace of ["a", "b", "c"]) put(it, namespace, `{"auths": {"quay.io": {}}}`);
  const before = worldOf(it);
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await runWrite(it, adding("ghcr.io"));
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assertAsBefore(it, before);
});

for (const force of [false, true]) {
  const how = force ? "with force too" : "without force";
  Deno.test(`an invalid configuration is not merged, ${how}, and nothing is written`, async () => {
    const it = emptyCluster();
    put(it, "b", "no JSON");
    const before = worldOf(it);
    const verdict = await runWrite(it, adding("ghcr.io"), { force });
    assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
      kind: "unmergeable",
      ref: { namespace: "b", name: "pull" },
      why: "must be a JSON object",
    }]);
    assertAsBefore(it, before);
  });
}

Deno.test("a foreign secret is not merged, and when forced, replaced whole", async () => {
  const it = emptyCluster();
  put(it, "b", "no JSON", "Opaque");
  const refused = await runWrite(it, adding("ghcr.io"));
  assert.deepEqual(refused.kind === "refused" && refused.refusals.map(({ kind }) => kind), [
    "foreign",
  ]);
  assert.equal((await runWrite(it, adding("ghcr.io"), { force: true })).kind, "written");
  assert.deepEqual(loginsIn(it, "b/pull"), { "ghcr.io": "new" });
});
