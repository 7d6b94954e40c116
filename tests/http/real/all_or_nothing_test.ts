import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { commandLinesDuring } from "../../support/processes.ts";
import { type Answered, type RealProgram, realTests } from "../../support/real_program.ts";

const { realTest, realTestOver } = realTests((test) => Deno.test(test));

/** Writes that fail halfway or run concurrently, and what is visible meanwhile. */

const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";

function add(program: RealProgram, name: string, namespaces: string[], more: object = {}) {
  return program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "administrator",
    name,
    namespaces,
    ...more,
  });
}

/** A namespace in which the API server rejects further secrets. */
async function fullNamespace(program: RealProgram): Promise<string> {
  const namespace = await program.namespace();
  await program.limitSecrets(namespace, 0);
  return namespace;
}

for (const position of [0, 1, 2]) {
  realTest(`a rejection at item ${position + 1} of 4 leaves nothing behind`, async (program) => {
    const full = await fullNamespace(program);
    const namespaces = [await program.namespace(), await program.namespace()];
    namespaces.splice(position, 0, full);
    const name = uniqueName("pull");
    const { status, body } = await add(program, name, namespaces, { git_write_back: true });
    assert.deepEqual([status, body.rolled_back, body.status], [502, true, "forbidden"]);
    assert.equal(
      body.message,
      `Cannot create secret ${full}/${name} of cluster 'administrator': ` +
        "exceeded quota of the namespace. Nothing was changed",
    );
    const told = body.results.map(({ namespace, result }: Told) => [
      namespace,
      result.success,
      /(not written|written and rolled back)$/.exec(result.error)?.[0],
    ]);
    assert.deepEqual(
      told,
      [...namespaces, "argocd", "argocd"].map((namespace) => [
        namespace,
        false,
        namespace === full ? "not written" : "written and rolled back",
      ]),
    );
    assert.match(body.results[position].result.error, /exceeded quota of the namespace/);
    for (const namespace of [...namespaces, "argocd"]) {
      assert.equal(await program.find(namespace, name), undefined, namespace);
      assert.equal(await program.find(namespace, `${name}-iu`), undefined, namespace);
    }
  });
}

interface Told {
  readonly namespace: string;
  readonly result: { readonly success: boolean; readonly error: string };
}

realTest("a rejection restores the old values of the secrets already replaced", async (program) => {
  const full = await fullNamespace(program);
  const [a, b] = [await program.namespace(), await program.namespace()];
  const name = uniqueName("pull");
  for (const namespace of [a, "argocd"]) {
    await program.put({
      metadata: {
        namespace,
        name,
        labels: { "mcops.tech/secret-type": "docker-creds", team: "a" },
        annotations: { note: "two\nlines" },
        ownerReferences: [{ apiVersion: "v1", kind: "Thing", name: "t", uid: "u-1" }],
        finalizers: ["tests.invalid/keep"],
      },
      type: DOCKER_CONFIG,
      data: { ".dockerconfigjson": encodeBase64('{"auths":{"old":{}}}') },
    });
  }
  const all = [a, b, full, "argocd"];
  const state = () => Promise.all(all.map((namespace) => unversioned(program, namespace, name)));
  const before = await state();
  const replacing = { upsert: true, force: true }; // they are owned
  const { status, body } = await add(program, name, [a, b, full], replacing);
  assert.deepEqual([status, body.rolled_back], [502, true]);
  assert.deepEqual(await state(), before);
});

/** Everything but resourceVersion, which a rollback changes, too. */
async function unversioned({ find }: RealProgram, namespace: string, name: string) {
  const found = await find(namespace, name);
  if (found === undefined) return undefined;
  const { resourceVersion: _, managedFields: __, ...metadata } = found.metadata as Record<
    string,
    unknown
  >;
  return { ...found, metadata };
}

const statuses = (answers: readonly Answered[]) =>
  answers.map(({ status }) => status).sort((a, b) => a - b);
const ONE_OF_TWELVE = [200, ...Array.from({ length: 11 }, () => 409)];

realTest("twelve concurrent creates of one docker credential create it once", async (program) => {
  const namespaces = [await program.namespace(), await program.namespace()];
  const name = uniqueName("pull");
  const passwords = Array.from({ length: 12 }, (_, i) => `${program.canary.value}-${i}`);
  const answers = await Promise.all(
    passwords.map((password) => add(program, name, namespaces, { password })),
  );
  assert.deepEqual(statuses(answers), ONE_OF_TWELVE);
  for (const { body } of answers.filter(({ status }) => status === 409)) {
    assert.equal(
      body.message,
      `Secrets already exist in namespaces: ${[...namespaces, "argocd"].join(", ")}`,
    );
  }
  const winner = passwords[answers.findIndex(({ status }) => status === 200)]!;
  for (const namespace of [...namespaces, "argocd"]) {
    const stored = await program.stored(namespace, name);
    const { auths } = JSON.parse(stored?.data[".dockerconfigjson"] ?? "");
    assert.equal(auths["ghcr.io"].password, winner);
  }
});

realTest("twelve concurrent creates of one repository create it once", async (program) => {
  const name = uniqueName("repo");
  const body = {
    name,
    repository_url: `https://${uniqueName("h")}.example.com/x`,
    cluster_name: "administrator",
    username: "user",
    password: program.canary.value,
  };
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => program.post("/secrets/add_helm_repo", body)),
  );
  assert.deepEqual(statuses(answers), ONE_OF_TWELVE);
});

realTest("twelve concurrent upserts all succeed and leave one whole value", async (program) => {
  const namespaces = [await program.namespace(), await program.namespace()];
  const name = uniqueName("pull");
  const passwords = Array.from({ length: 12 }, (_, i) => `${program.canary.value}-${i}`);
  const answers = await Promise.all(
    passwords.map((password) => add(program, name, namespaces, { password, upsert: true })),
  );
  assert.deepEqual(new Set(statuses(answers)), new Set([200]));
  const stored = await Promise.all(
    [...namespaces, "argocd"].map((namespace) => program.stored(namespace, name)),
  );
  const values = new Set(stored.map((secret) => secret?.data[".dockerconfigjson"]));
  assert.equal(values.size, 1);
  const [value] = values;
  assert.ok(passwords.includes(JSON.parse(value ?? "").auths["ghcr.io"].password));
});

realTestOver(
  "kubectl",
  {},
  "neither a command line nor the log ever holds the password",
  async (program) => {
    const namespace = await program.namespace();
    const name = uniqueName("pull");
    const url = `https://${uniqueName("h")}.example.com/x`;
    const repository = {
      name,
      repository_url: url,
      cluster_name: "administrator",
      username: "user",
      password: program.canary.value,
    };
    const work = (async () => {
      assert.equal((await add(program, name, [namespace])).status, 200);
      assert.equal((await add(program, name, [namespace])).status, 409);
      const changed = { username: "other", upsert: true };
      assert.equal((await add(program, name, [namespace], changed)).status, 200);
      const full = await fullNamespace(program);
      assert.equal((await add(program, uniqueName("pull"), [full])).status, 502);
      assert.equal((await program.post("/secrets/add_helm_repo", repository)).status, 409);
      const other = { ...repository, name: uniqueName("repo") };
      assert.equal((await program.post("/secrets/add_helm_repo", other)).status, 200);
      assert.equal((await program.get("/secrets?cluster=administrator")).status, 200);
    })();
    const seen = [...await commandLinesDuring(work)];
    await work;
    const ours = seen.filter((line) => line.includes(program.folder));
    for (const verb of [" create ", " replace ", " get "]) {
      assert.ok(ours.some((line) => line.includes(verb)), `no kubectl${verb}was seen`);
    }
    for (const line of seen) program.canary.absentFrom(line, "a command line");
    assert.ok(program.log.some((line) => line.includes('"create"')), "the log shows no commands");
  },
);
