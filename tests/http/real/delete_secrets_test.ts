import assert from "node:assert/strict";
import { pullSecrets } from "../../contract/accounts.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { encodeBase64 } from "../../support/base64.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import { argocdNamespaceTests, findAccount, putAccount, versions } from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));
const argocdNamespaceTest = argocdNamespaceTests((test) => Deno.test(test));

/** DELETE /secrets and GET /secrets/{name} end to end on the real API server. */

const remove = (program: RealProgram, name: string, more = "") =>
  program.delete(`/secrets?cluster=administrator&name=${name}${more}`);

const add = (program: RealProgram, name: string, namespaces: string[], more: object = {}) =>
  program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "administrator",
    name,
    namespaces,
    ...more,
  });

const repo = (program: RealProgram, name: string, more: object) =>
  program.post("/secrets/add_repo", {
    cluster_name: "administrator",
    name,
    type: "git",
    username: "user",
    password: program.canary.value,
    ...more,
  });

const host = () => `${uniqueName("h")}.example.com`;

const deleted = (name: string, ...namespaces: string[]) =>
  namespaces.map((namespace) => ({ namespace, name, output: `secret/${name} deleted` }));

const answer = (name: string, secrets: object[], more: object = {}) => ({
  success: true,
  cluster: "administrator",
  name,
  deleted: secrets,
  ...more,
  message: `${secrets.length} secret${secrets.length === 1 ? "" : "s"} deleted`,
});

/** Namespaces sorted by name, as in responses. */
async function several(program: RealProgram): Promise<[string, string]> {
  const [a, b] = [await program.namespace(), await program.namespace()].sort();
  return [a!, b!];
}

realTest(
  "a pull secret is deleted from every namespace it was written to, and other secrets stay",
  async (program) => {
    const [a, b] = await several(program);
    const theirs = await program.namespace();
    const name = uniqueName("pull");
    await add(program, name, [a, b], { git_write_back: true });
    const foreign = await program.put({
      metadata: { namespace: theirs, name },
      data: { mine: encodeBase64("theirs") },
    });
    assertAnswer(
      await remove(program, name),
      200,
      answer(name, [...deleted(name, "argocd", a, b), ...deleted(`${name}-iu`, "argocd")]),
    );
    for (const namespace of [a, b, "argocd"]) {
      assert.equal(await program.find(namespace, name), undefined, namespace);
    }
    assert.equal(await program.find("argocd", `${name}-iu`), undefined);
    assert.deepEqual(await program.find(theirs, name), foreign);
    const again = await remove(program, name);
    assert.equal(again.status, 404);
  },
);

realTest("only the named namespaces lose the secret", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  await add(program, name, [a, b]);
  assertAnswer(
    await remove(program, name, `&namespaces=${a},team-b`),
    200,
    answer(name, deleted(name, a), { not_found: ["team-b"] }),
  );
  assert.equal(await program.find(a, name), undefined);
  for (const namespace of [b, "argocd"]) {
    assert.equal((await program.stored(namespace, name))?.type, "kubernetes.io/dockerconfigjson");
  }
});

realTest("a repository and the template written with it are deleted together", async (program) => {
  const name = uniqueName("repo");
  const more = { type: "helm", url: `oci://${host()}/org/*` };
  assert.equal((await repo(program, name, more)).body.results[0].template, `${name}-template`);
  assertAnswer(
    await remove(program, name),
    200,
    answer(name, [...deleted(name, "argocd"), ...deleted(`${name}-template`, "argocd")]),
  );
  assert.equal(await program.find("argocd", `${name}-template`), undefined);
});

realTest("an unmanaged secret is deleted only with force", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  await add(program, name, [a]);
  await program.put({ metadata: { namespace: b, name }, data: { a: encodeBase64("b") } });
  const before = await versions([a, b]);
  assertAnswer(await remove(program, name, `&namespaces=${a},${b}`), 409, {
    error: true,
    message: `Secret ${b}/${name} is not managed by argocd-configurer. Send force=true ` +
      "to delete it anyway",
    status_code: 409,
    code: "not_ours",
    field: "force",
    remedy: { force: true },
  });
  assert.deepEqual(await versions([a, b]), before);
  const forced = await remove(program, name, `&namespaces=${a},${b}&force=true`);
  assertAnswer(forced, 200, answer(name, deleted(name, a, b)));
  assert.equal(await program.find(b, name), undefined);
});

realTest("a secret managed by another program is deleted only with force", async (program) => {
  const name = uniqueName("repo");
  await repo(program, name, { url: `https://${host()}/org/app` });
  const { metadata, ...rest } = (await program.find("argocd", name))!;
  const ownerReferences = [
    { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", name: "x", uid: "u-1" },
  ];
  const { labels, annotations } = metadata;
  await program.put({
    ...rest,
    metadata: { namespace: "argocd", name, labels, annotations, ownerReferences },
  });
  assertAnswer(await remove(program, name), 409, {
    error: true,
    message: `Secret argocd/${name} is managed by ExternalSecret 'x', which would revert ` +
      "the change. Change it there, or send force=true",
    status_code: 409,
    code: "owned",
    field: "force",
    remedy: { force: true },
  });
  assert.equal((await remove(program, name, "&force=true")).status, 200);
  assert.equal(await program.find("argocd", name), undefined);
});

realTest("a secret with finalizers is not deleted", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  await add(program, name, [namespace]);
  const { metadata, ...rest } = (await program.find(namespace, name))!;
  const { labels, annotations } = metadata;
  const finalizers = ["tests.invalid/held"];
  const held = await program.put({
    ...rest,
    metadata: { namespace, name, labels, annotations, finalizers },
  });
  const { status, body } = await remove(program, name, "&force=true");
  assert.equal(status, 409);
  assert.match(body.message, /has finalizers, which delay its deletion/);
  assert.deepEqual(await program.find(namespace, name), held);
  assert.notEqual(await program.find("argocd", name), undefined);
});

realTest("service accounts lose the pull secret and keep the others", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  await putAccount(a, "default", { imagePullSecrets: [{ name: "old" }] });
  await putAccount(b, "default");
  await add(program, name, [a, b], { service_accounts: ["default"] });
  const { status, body } = await remove(program, name, `&namespaces=${a}`);
  assert.deepEqual([status, body.service_accounts], [200, [{
    namespace: a,
    name: "default",
    output: "serviceaccount/default patched",
  }]]);
  assert.deepEqual(pullSecrets(await findAccount(a, "default")), ["old"]);
  assert.deepEqual(pullSecrets(await findAccount(b, "default")), [name]);
});

argocdNamespaceTest("a dry run deletes nothing and detaches nothing", async (program, argocd) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  for (const each of [a, b]) await putAccount(each, "default");
  await add(program, name, [a, b], { service_accounts: ["default"], git_write_back: true });
  const before = await versions([a, b, argocd]);
  const { status, body } = await remove(program, name, "&dry_run=true");
  assert.deepEqual([status, body.dry_run], [200, true]);
  assert.deepEqual(
    body.deleted.map((each: { namespace: string; output: string }) => [
      each.namespace,
      each.output,
    ]),
    [
      [argocd, `secret/${name} deleted (dry run)`],
      [a, `secret/${name} deleted (dry run)`],
      [b, `secret/${name} deleted (dry run)`],
      [argocd, `secret/${name}-iu deleted (dry run)`],
    ],
  );
  assert.equal(body.message, "4 secrets would be deleted");
  assert.equal(body.service_accounts[1].output, "serviceaccount/default patched (dry run)");
  assert.deepEqual(await versions([a, b, argocd]), before);
});

argocdNamespaceTest(
  "a secret is shown with its fields, without its values",
  async (program, argocd) => {
    const name = uniqueName("repo");
    const url = `https://${host()}/org/app`;
    const { value } = program.canary;
    await repo(program, name, { url, project: "team" });
    const { status, body } = await program.get(`/secrets/${name}?cluster=administrator`);
    assert.equal(status, 200);
    const [secret] = body.secrets;
    assert.deepEqual([body.total, secret.namespace, secret.repository_url, secret.project], [
      1,
      argocd,
      url,
      "team",
    ]);
    assert.deepEqual([secret.credentials, secret.managed, secret.owner], [
      ["password"],
      true,
      null,
    ]);
    assert.deepEqual(secret.keys, [
      { key: "name", bytes: name.length },
      { key: "password", bytes: value.length },
      { key: "project", bytes: 4 },
      { key: "type", bytes: 3 },
      { key: "url", bytes: url.length },
      { key: "username", bytes: 4 },
    ]);
    const stored = await program.find(argocd, name);
    assert.equal(secret.write, stored!.metadata.annotations!["argocd-configurer.io/request"]);
    assert.match(secret.fingerprint, /^[0-9a-f]{16}$/);

    const twin = uniqueName("repo");
    await repo(program, twin, { url: `https://${host()}/org/app`, project: "team" });
    const other = await program.get(`/secrets/${twin}?cluster=administrator&namespace=${argocd}`);
    assert.notEqual(other.body.secrets[0].fingerprint, secret.fingerprint);
    const again = await program.get(`/secrets/${name}?cluster=administrator&namespace=${argocd}`);
    assert.deepEqual(again.body, body);
    const elsewhere = await program.get(`/secrets/${name}?cluster=administrator&namespace=team-a`);
    assert.equal(elsewhere.status, 404);
  },
);

realTest("the same pull secret in two namespaces has one fingerprint", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  await add(program, name, [a, b]);
  const { status, body } = await program.get(`/secrets/${name}?cluster=administrator`);
  assert.equal(status, 200);
  assert.deepEqual(
    body.secrets.map((each: { namespace: string }) => each.namespace),
    ["argocd", a, b],
  );
  for (const secret of body.secrets) {
    assert.deepEqual(secret.registries, [{ registry: "ghcr.io", username: "user" }]);
    assert.equal(secret.fingerprint, body.secrets[0].fingerprint);
  }
});
