import assert from "node:assert/strict";
import { pullSecrets } from "../../contract/accounts.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { encodeBase64 } from "../../support/base64.ts";
import { kubeletTries } from "../../support/kubelet_keyring.ts";
import { type RealProgram, realTests } from "../../support/real_program.ts";
import { findAccount, kubectlData, putAccount } from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** Dockercfg secrets, and immutable ones, on the real API server. */

const OLDER = "kubernetes.io/dockercfg";
const NEWER = "kubernetes.io/dockerconfigjson";

const add = (program: RealProgram, name: string, more: object) =>
  program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "administrator",
    name,
    registry: "other.example.com",
    ...more,
  });

/** A dockercfg secret as old versions of `docker` wrote it. */
async function older(program: RealProgram, more: object = {}) {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  const config = JSON.stringify({ "registry.example.com": { auth: "bzpw" } });
  await program.put({
    metadata: { namespace, name },
    type: OLDER,
    data: { ".dockercfg": encodeBase64(config) },
    ...more,
  });
  return { namespace, name };
}

/** The logins that kubelet tries with a secret, as kubectl shows it. */
async function tries(program: RealProgram, namespace: string, name: string, image: string) {
  const { type } = (await program.find(namespace, name))!;
  return kubeletTries({ type: type!, data: (await kubectlData(namespace, name))! }, image);
}

realTest(
  "merging into a dockercfg secret with force keeps every login for kubelet",
  async (program) => {
    const { namespace, name } = await older(program);
    const theirs = "registry.example.com/team/app";
    assert.deepEqual(await tries(program, namespace, name, theirs), ["o:p"]);
    const request = { namespaces: namespace, merge: true };
    const refused = await add(program, name, request);
    assert.equal(refused.status, 409);
    assert.match(refused.body.message, /has type kubernetes.io\/dockercfg.*"force": true/);
    assert.equal((await program.find(namespace, name))!.type, OLDER);

    const dry = await add(program, name, { ...request, force: true, dry_run: true });
    assert.equal(dry.status, 200, JSON.stringify(dry.body));
    assert.equal((await program.find(namespace, name))!.type, OLDER);

    const forced = await add(program, name, { ...request, force: true });
    assert.equal(forced.status, 200, JSON.stringify(forced.body));
    const found = (await program.find(namespace, name))!;
    assert.equal(found.type, NEWER);
    assert.deepEqual(Object.keys(found.data!), [".dockerconfigjson"]);
    assert.deepEqual(await tries(program, namespace, name, theirs), ["o:p"]);
    const ours = `user:${program.canary.value}`;
    assert.deepEqual(await tries(program, namespace, name, "other.example.com/x"), [ours]);
  },
);

realTest("a dockercfg secret is shown with its registries", async (program) => {
  const { namespace, name } = await older(program);
  const { status, body } = await program.get(
    `/secrets/${name}?cluster=administrator&namespace=${namespace}`,
  );
  assert.equal(status, 200);
  assert.deepEqual(body.secrets[0].registries, [
    { registry: "registry.example.com", username: "o" },
  ]);
});

realTest("deleting a dockercfg secret detaches it from service accounts", async (program) => {
  const { namespace, name } = await older(program);
  await putAccount(namespace, "default", { imagePullSecrets: [{ name }, { name: "other" }] });
  const { status, body } = await program.delete(
    `/secrets?cluster=administrator&name=${name}&namespaces=${namespace}&force=true`,
  );
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(await program.find(namespace, name), undefined);
  assert.deepEqual(pullSecrets(await findAccount(namespace, "default")), ["other"]);
});

for (const [type, key] of [[OLDER, ".dockercfg"], [NEWER, ".dockerconfigjson"]] as const) {
  realTest(
    `an immutable secret of type ${type} stays immutable when force replaces it`,
    async (program) => {
      const data = { [key]: encodeBase64("{}") };
      const { namespace, name } = await older(program, { type, immutable: true, data });
      const request = { namespaces: namespace, merge: true };
      assert.equal((await add(program, name, request)).status, 409);
      const { status, body } = await add(program, name, { ...request, force: true });
      assert.equal(status, 200, JSON.stringify(body));
      const found = (await program.find(namespace, name))! as { immutable?: boolean };
      assert.equal(found.immutable, true);
      const ours = `user:${program.canary.value}`;
      assert.deepEqual(await tries(program, namespace, name, "other.example.com/x"), [ours]);
      assert.equal((await add(program, name, { ...request, password: "x" })).status, 409);
    },
  );
}
