import assert from "node:assert/strict";
import { pullSecrets } from "../../contract/accounts.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import { findAccount, kubeconfigOf, namespaceIsThere, putAccount } from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** Kubeconfigs whose users can write secrets but lack related rights. */

const SECRETS = {
  resources: ["secrets"],
  verbs: ["get", "list", "create", "update", "delete"],
};
const NAMESPACES = { resources: ["namespaces"], verbs: ["get", "list"] };
const READ_ACCOUNTS = { resources: ["serviceaccounts"], verbs: ["get", "list"] };
const WRITE_ACCOUNTS = { resources: ["serviceaccounts"], verbs: ["get", "list", "update"] };

const add = (program: RealProgram, name: string, more: object) =>
  program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "limited",
    name,
    ...more,
  });

async function nothingIn(program: RealProgram, name: string, ...namespaces: string[]) {
  for (const namespace of [...namespaces, "argocd"]) {
    assert.equal(await program.find(namespace, name), undefined, namespace);
  }
}

realTest(
  "without the right to read service accounts nothing is attached, and the error says so",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS, NAMESPACES));
    const [a, b] = [await program.namespace(), await program.namespace()];
    for (const each of [a, b]) await putAccount(each, "default");
    const name = uniqueName("pull");
    const answer = await add(program, name, { namespaces: a, service_accounts: ["default"] });
    assertAnswer(answer, 502, {
      error: true,
      message: `Cannot list service accounts in namespace '${a}' of cluster 'limited': the ` +
        `kubeconfig's user cannot list serviceaccounts in namespace '${a}' (Forbidden)`,
      status_code: 502,
      status: "forbidden",
    });
    const two = await add(program, name, { namespaces: [a, b], service_accounts: ["default"] });
    assert.deepEqual([two.status, two.body.status], [502, "forbidden"]);
    await nothingIn(program, name, a, b);
    const without = await add(program, name, { namespaces: [a, b] });
    assert.equal(without.status, 200, "secrets without service accounts are written");
  },
);

realTest(
  "without the right to change service accounts the secrets are rolled back",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS, NAMESPACES, READ_ACCOUNTS));
    const namespace = await program.namespace();
    await putAccount(namespace, "default", { imagePullSecrets: [{ name: "old" }] });
    const name = uniqueName("pull");
    const more = { namespaces: namespace, service_accounts: ["default"] };
    const { status, body } = await add(program, name, more);
    assert.deepEqual([status, body.status, body.rolled_back], [502, "forbidden", true]);
    assert.equal(
      body.message,
      `Cannot change imagePullSecrets of service account ${namespace}/default of ` +
        "cluster 'limited': the kubeconfig's user cannot update serviceaccounts in namespace " +
        `'${namespace}' (Forbidden). Nothing was changed`,
    );
    await nothingIn(program, name, namespace);
    assert.deepEqual(pullSecrets(await findAccount(namespace, "default")), ["old"]);
  },
);

realTest(
  "with the right to change service accounts the secret is attached and detached",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS, NAMESPACES, WRITE_ACCOUNTS));
    const namespace = await program.namespace();
    await putAccount(namespace, "default");
    const name = uniqueName("pull");
    const more = { namespaces: namespace, service_accounts: ["default"] };
    assert.equal((await add(program, name, more)).status, 200);
    assert.deepEqual(pullSecrets(await findAccount(namespace, "default")), [name]);
    assert.equal((await program.delete(`/secrets?cluster=limited&name=${name}`)).status, 200);
    assert.deepEqual(pullSecrets(await findAccount(namespace, "default")), []);
  },
);

realTest(
  "without the right to list namespaces named ones are written to, and none can be selected",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS));
    const namespace = await program.namespace();
    const name = uniqueName("pull");
    assert.equal((await add(program, name, { namespaces: namespace })).status, 200);
    for (const more of [{ all_namespaces: true }, { namespace_selector: "team=web" }]) {
      assertAnswer(await add(program, uniqueName("pull"), more), 502, {
        error: true,
        message: "Cannot list namespaces of cluster 'limited': the kubeconfig's user cannot list " +
          "namespaces (Forbidden)",
        status_code: 502,
        status: "forbidden",
      });
    }
  },
);

realTest(
  "without the right to create namespaces nothing is written, and the error says why",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS, NAMESPACES));
    const namespace = await program.namespace();
    const fresh = uniqueName("fresh");
    const name = uniqueName("pull");
    const more = { namespaces: [namespace, fresh], create_namespaces: true };
    const { status, body } = await add(program, name, more);
    assert.deepEqual([status, body.status, body.rolled_back], [502, "forbidden", true]);
    assert.equal(
      body.message,
      `Cannot create namespace '${fresh}' of cluster 'limited': the kubeconfig's user cannot ` +
        "create namespaces (Forbidden). Nothing was changed",
    );
    assert.equal(await namespaceIsThere(fresh), false);
    await nothingIn(program, name, namespace);
    const dry = await add(program, name, { ...more, dry_run: true });
    assert.deepEqual([dry.status, dry.body.status], [502, "forbidden"]);
  },
);

realTest(
  "without the right to read service accounts a pull secret is deleted",
  async (program) => {
    await program.addCluster("limited", await kubeconfigOf(SECRETS));
    const namespace = await program.namespace();
    const name = uniqueName("pull");
    assert.equal((await add(program, name, { namespaces: namespace })).status, 200);
    const { status, body } = await program.delete(`/secrets?cluster=limited&name=${name}`);
    assert.deepEqual([status, body.message], [200, "2 secrets deleted"]);
    await nothingIn(program, name, namespace);
  },
);

realTest("a read-only user deletes nothing", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  await add(program, name, { cluster_name: "administrator", namespaces: namespace });
  const { status, body } = await program.delete(`/secrets?cluster=reader&name=${name}`);
  assert.deepEqual([status, body.status, body.rolled_back], [502, "forbidden", true]);
  assert.match(
    body.message,
    /cannot delete secrets in namespace '[^']+' \(Forbidden\)\. Nothing was changed$/,
  );
  for (const each of [namespace, "argocd"]) {
    assert.notEqual(await program.find(each, name), undefined);
  }
});

const WARNING = (name: string, places: string) =>
  "The kubeconfig's user cannot list secrets in all namespaces: " +
  `'${name}' was searched for in ${places} only`;

realTest("rights in two namespaces suffice to show and delete there", async (program) => {
  const name = uniqueName("pull");
  await add(program, name, { cluster_name: "two-namespaces", namespaces: "team-a" });
  const shown = await program.get(`/secrets/${name}?cluster=two-namespaces`);
  assert.deepEqual(
    [shown.status, shown.body.total],
    [200, 1],
    "only the default namespaces are searched",
  );
  assert.deepEqual(shown.body.warnings, [WARNING(name, "argocd")]);
  const named = await program.get(`/secrets/${name}?cluster=two-namespaces&namespace=team-a`);
  assert.deepEqual([named.status, named.body.warnings], [200, undefined]);
  const query = `cluster=two-namespaces&name=${name}`;
  const both = await program.delete(`/secrets?${query}&namespaces=team-a,argocd`);
  assert.deepEqual([both.status, both.body.message], [200, "2 secrets deleted"]);
  await nothingIn(program, name, "team-a");
  const again = await program.delete(`/secrets?${query}`);
  assert.deepEqual([again.status, again.body.warnings], [404, [WARNING(name, "argocd")]]);
});

realTest(
  "rights in Argo CD's namespace suffice to write a repository",
  async (program) => {
    const name = uniqueName("repo");
    const body = {
      name,
      type: "git",
      url: `https://${uniqueName("h")}.example.com/a`,
      username: "user",
      password: program.canary.value,
    };
    const post = (cluster_name: string) =>
      program.post("/secrets/add_repo", { ...body, cluster_name });
    for (const cluster of ["no-rights", "wrong-token", "reader"]) {
      const { status, body } = await post(cluster);
      assert.deepEqual([status, body.status], [
        502,
        cluster === "wrong-token" ? "unauthorized" : "forbidden",
      ]);
      assert.equal(await program.find("argocd", name), undefined);
    }
    assert.equal((await post("two-namespaces")).status, 200);
  },
);
