import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { uniqueName } from "../../support/api_objects.ts";
import {
  assertAnswer,
  type RealProgram,
  realTests,
  TRANSPORTS,
} from "../../support/real_program.ts";

const { realTest, realTestOver } = realTests((test) => Deno.test(test));

/** POST /secrets/add_docker end to end on the real API server. */

const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";
const DOCKER_LABELS = {
  "jjo.finance/secret-type": "docker-creds",
  "mcops.tech/secret-type": "docker-creds",
};
const LABELS = { "app.kubernetes.io/managed-by": "argocd-configurer", ...DOCKER_LABELS };

function add(
  program: RealProgram,
  name: string,
  namespaces: string | string[],
  more: Record<string, unknown> = {},
) {
  return program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "administrator",
    name,
    namespaces,
    ...more,
  });
}

/** The pull secret as it should be stored. */
function pullSecret(password: string, keys = ["ghcr.io"]) {
  const entry = { username: "user", password, auth: encodeBase64(`user:${password}`) };
  const auths = Object.fromEntries(keys.map((key) => [key, entry]));
  return {
    type: DOCKER_CONFIG,
    labels: LABELS,
    annotations: {},
    data: { ".dockerconfigjson": JSON.stringify({ auths }) },
  };
}

function success(name: string, namespaces: string[], action: string, verb: string) {
  return {
    success: true,
    cluster: "administrator",
    name,
    namespaces,
    registry: "ghcr.io",
    results: namespaces.map((namespace) => ({
      namespace,
      result: { success: true, namespace, output: `secret/${name} ${action}` },
    })),
    message: `Docker registry secrets ${verb} in ${namespaces.length} namespace(s)`,
  };
}

/** An old pull secret with labels and annotations of others. */
async function putOld(program: RealProgram, namespace: string, name: string) {
  return await program.put({
    metadata: {
      namespace,
      name,
      labels: { "mcops.tech/secret-type": "docker-creds", team: "a" },
      annotations: {
        note: "keep",
        "kubectl.kubernetes.io/last-applied-configuration": program.canary.value,
      },
      ownerReferences: [{ apiVersion: "v1", kind: "Thing", name: "t", uid: "u-1" }],
      finalizers: ["tests.invalid/keep"],
    },
    type: DOCKER_CONFIG,
    data: { ".dockerconfigjson": encodeBase64(JSON.stringify({ auths: { old: {} } })) },
  });
}

realTest("a new credential is created in each namespace and in Argo CD's", async (program) => {
  const [a, b] = [await program.namespace(), await program.namespace()];
  const name = uniqueName("pull");
  assertAnswer(
    await add(program, name, ` ${a}, ${b},,${a} `),
    200,
    success(name, [a, b, "argocd"], "created", "created successfully"),
  );
  for (const namespace of [a, b, "argocd"]) {
    assert.deepEqual(await program.stored(namespace, name), pullSecret(program.canary.value));
  }
});

realTest(
  "existing secrets are reported for every namespace, and nothing is written",
  async (program) => {
    const [a, b] = [await program.namespace(), await program.namespace()];
    const name = uniqueName("pull");
    const before = await putOld(program, b, name);
    assertAnswer(await add(program, name, [a, b]), 409, {
      error: true,
      message: `Secrets already exist in namespaces: ${b}`,
      existing_secrets: {
        [a]: { exists: false, description: {} },
        [b]: {
          exists: true,
          description: { name, namespace: b, type: DOCKER_CONFIG, labels: before.metadata.labels },
        },
        argocd: { exists: false, description: {} },
      },
      upsert_required: true,
    });
    assert.deepEqual(await program.find(b, name), before);
    assert.equal(await program.find(a, name), undefined);
    assert.equal(await program.find("argocd", name), undefined);
  },
);

realTest("upsert replaces the value and keeps labels and data of others", async (program) => {
  const [a, b] = [await program.namespace(), await program.namespace()];
  const name = uniqueName("pull");
  const before = await putOld(program, b, name);
  // It is owned.
  assert.equal((await add(program, name, [a, b], { upsert: true })).status, 409);
  const answer = await add(program, name, [a, b], { upsert: true, force: true });
  const expected = success(name, [a, b, "argocd"], "created", "updated successfully");
  expected.results[1]!.result.output = `secret/${name} replaced`;
  assertAnswer(answer, 200, expected);
  const after = await program.find(b, name);
  const pull = pullSecret(program.canary.value);
  assert.deepEqual(await program.stored(b, name), {
    ...pull,
    labels: { ...LABELS, team: "a" },
    annotations: { note: "keep" },
  });
  for (const field of ["uid", "ownerReferences", "finalizers"] as const) {
    assert.deepEqual(after?.metadata[field], before.metadata[field], field);
  }
});

realTest("upsert of the same value changes nothing, not even resourceVersion", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  await add(program, name, namespace);
  const before = await program.find(namespace, name);
  assertAnswer(
    await add(program, name, namespace, { upsert: true }),
    200,
    success(name, [namespace, "argocd"], "unchanged", "unchanged"),
  );
  assert.deepEqual(await program.find(namespace, name), before);
});

realTest("a change of type needs force, which deletes and recreates", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  const before = await program.put({
    metadata: { namespace, name, labels: { ...DOCKER_LABELS, team: "a" } },
    data: { old: encodeBase64("old") },
  });
  assertAnswer(await add(program, name, namespace, { upsert: true }), 409, {
    error: true,
    message: `Secret ${namespace}/${name} has type Opaque, and Kubernetes does not allow ` +
      'a change of type. Send "force": true to delete and recreate it: it is ' +
      "missing for a few seconds",
    status_code: 409,
  });
  assert.deepEqual(await program.find(namespace, name), before);

  const forced = await add(program, name, namespace, { upsert: true, force: true });
  const expected = success(name, [namespace, "argocd"], "replaced", "updated successfully");
  expected.results[1]!.result.output = `secret/${name} created`;
  assertAnswer(forced, 200, expected);
  const pull = pullSecret(program.canary.value);
  const after = await program.stored(namespace, name);
  assert.deepEqual(after, { ...pull, labels: { ...LABELS, team: "a" } });
  assert.notEqual((await program.find(namespace, name))?.metadata.uid, before.metadata.uid);
});

realTest("an immutable secret needs force", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  const pull = pullSecret("old").data[".dockerconfigjson"];
  const before = await program.put({
    metadata: { namespace, name, labels: DOCKER_LABELS },
    type: DOCKER_CONFIG,
    data: { ".dockerconfigjson": encodeBase64(pull) },
    immutable: true,
  });
  const refused = await add(program, name, namespace, { upsert: true });
  assert.equal(refused.status, 409);
  assert.match(refused.body.message, /is immutable\. Send "force": true/);
  assert.deepEqual(await program.find(namespace, name), before);
  const forced = await add(program, name, namespace, { upsert: true, force: true });
  assert.equal(forced.status, 200);
  assert.deepEqual(await program.stored(namespace, name), pullSecret(program.canary.value));
});

realTest("a foreign secret is replaced only with force", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("argocd-secret");
  const before = await program.put({
    metadata: { namespace, name, labels: { "app.kubernetes.io/part-of": "argocd" } },
    data: { "admin.password": encodeBase64("old") },
  });
  for (const upsert of [false, true]) {
    assertAnswer(await add(program, name, namespace, { upsert }), 409, {
      error: true,
      message: `Secret ${namespace}/${name} already exists and is not a pull secret (type ` +
        'Opaque). Choose another name, or send "force": true with "upsert": true ' +
        "to replace it",
      status_code: 409,
    });
    assert.deepEqual(await program.find(namespace, name), before);
    assert.equal(await program.find("argocd", name), undefined);
  }
  const forced = await add(program, name, namespace, { upsert: true, force: true });
  assert.equal(forced.status, 200);
  const after = await program.stored(namespace, name);
  assert.deepEqual([after?.type, after?.data], [
    DOCKER_CONFIG,
    pullSecret(program.canary.value).data,
  ]);
});

realTest("missing and terminating namespaces are all named", async (program) => {
  const namespace = await program.namespace();
  const terminating = await program.namespace("Terminating");
  const [one, two] = [uniqueName("missing"), uniqueName("missing")];
  const name = uniqueName("pull");
  const namespaces = [one, namespace, terminating, two];
  assertAnswer(await add(program, name, namespaces, { upsert: true, force: true }), 400, {
    error: true,
    message: `Namespaces do not exist: ${one}, ${two}; ` +
      `Namespaces are being deleted: ${terminating}`,
    status_code: 400,
  });
  for (const each of [namespace, "argocd"]) assert.equal(await program.find(each, name), undefined);
});

realTest("Argo CD's namespace is always written to and must not be named", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  assertAnswer(await add(program, name, [namespace, "argocd"]), 400, {
    error: true,
    message: "Field 'namespaces' must not name 'argocd': the secret is written there anyway",
    status_code: 400,
  });
  assert.equal(await program.find(namespace, name), undefined);
});

for (const transport of TRANSPORTS) {
  const argocd = uniqueName("argocd");
  realTestOver(
    transport,
    { "argocd-namespace": argocd, "docker-labels": { "tests.invalid/docker": "mine" } },
    "another Argo CD namespace and other labels are used as configured",
    async (program) => {
      const name = uniqueName("pull");
      const missing = await add(program, name, "team-a");
      assert.equal(missing.status, 400);
      assert.match(missing.body.message, new RegExp(`'${argocd}' is Argo CD's own`));
      await program.namespace("Active", argocd);
      const answer = await add(program, name, "argocd");
      assertAnswer(
        answer,
        200,
        success(name, ["argocd", argocd], "created", "created successfully"),
      );
      assert.deepEqual((await program.stored(argocd, name))?.labels, {
        "app.kubernetes.io/managed-by": "argocd-configurer",
        "tests.invalid/docker": "mine",
      });
    },
  );
}

realTest("git_write_back adds the Image Updater secret", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  const { status, body } = await add(program, name, namespace, { git_write_back: true });
  assert.equal(status, 200);
  const outputs = body.results.map(({ result }: { result: { output: string } }) => result.output);
  assert.deepEqual(outputs, [
    `secret/${name} created`,
    `secret/${name} created`,
    `secret/${name}-iu created`,
  ]);
  assert.deepEqual(await program.stored("argocd", `${name}-iu`), {
    type: "Opaque",
    labels: LABELS,
    annotations: {},
    data: { username: "user", password: program.canary.value },
  });
  assert.equal(await program.find(namespace, `${name}-iu`), undefined);
});

/** The keys of `auths` that a registry is stored under. */
const REGISTRIES: [registry: string, keys: string[]][] = [
  ["docker.io", ["https://index.docker.io/v1/", "https://registry-1.docker.io"]],
  ["https://index.docker.io/v1/", ["https://index.docker.io/v1/", "https://registry-1.docker.io"]],
  ["Registry.Example.com:5000", ["registry.example.com:5000"]],
];

for (const [registry, keys] of REGISTRIES) {
  realTest(`registry ${registry} is stored under ${keys.join(" and ")}`, async (program) => {
    const namespace = await program.namespace();
    const name = uniqueName("pull");
    assert.equal((await add(program, name, namespace, { registry })).status, 200);
    const expected = pullSecret(program.canary.value, keys);
    assert.deepEqual(await program.stored(namespace, name), expected);
  });
}

realTest("a password of arbitrary characters is stored byte for byte", async (program) => {
  const namespace = await program.namespace();
  const name = uniqueName("pull");
  const password = `${program.canary.value}\n---\r\n"quotes" 'too' 🗝️ {{.data}} $(x) \\n`.repeat(
    50,
  );
  assert.equal((await add(program, name, namespace, { password })).status, 200);
  assert.deepEqual(await program.stored(namespace, name), pullSecret(password));
});
