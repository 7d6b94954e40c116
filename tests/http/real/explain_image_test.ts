import assert from "node:assert/strict";
import { uniqueName } from "../../support/api_objects.ts";
import { type RealProgram, realTests } from "../../support/real_program.ts";
import { putAccount } from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** Which login kubelet uses for an image, explained from a real API server. */

async function explained(program: RealProgram, namespace: string) {
  const query = new URLSearchParams({
    cluster: "administrator",
    image: "registry.example.com/team/app:1",
    namespace,
    service_account: "builder",
  });
  const { status, body } = await program.get(`/api/v1/explain?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

realTest("a pull secret is in use once a service account names it", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  await putAccount(namespace, "builder");
  const add = (more: object) =>
    program.post("/api/v1/docker", {
      cluster: "administrator",
      password: program.canary.value,
      username: "ci",
      name,
      registry: "registry.example.com",
      namespaces: [namespace],
      ...more,
    });
  assert.equal((await add({})).status, 200);
  const before = await explained(program, namespace);
  assert.equal(before.used, null);
  assert.deepEqual(
    before.findings.map(({ code, secrets }: Record<string, unknown>) => [code, secrets]),
    [["pull_secret_not_named", [{ namespace, name }]]],
  );

  assert.equal((await add({ upsert: true, service_accounts: ["builder"] })).status, 200);
  const { used, findings } = await explained(program, namespace);
  assert.deepEqual(used, { namespace, name, key: "registry.example.com", username: "ci" });
  assert.deepEqual(findings, []);
});
