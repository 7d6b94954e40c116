import assert from "node:assert/strict";
import { uniqueName } from "../../support/api_objects.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";

const { realTest, realTestWith } = realTests((test) => Deno.test(test));

/** Responses when the kubeconfig's user has few rights or none. */

function add(program: RealProgram, cluster: string, name: string, namespaces: string[]) {
  return program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: cluster,
    name,
    namespaces,
    upsert: true,
  });
}

function nothingListed(cluster: string, status: string, message: string) {
  return {
    cluster,
    repo_creds_secrets: [],
    docker_creds_secrets: [],
    helm_creds_secrets: [],
    repository_secrets: [],
    total_repo_creds: 0,
    total_docker_creds: 0,
    total_helm_creds: 0,
    status,
    message,
  };
}

realTest(
  "without the right to list everywhere the default namespaces are listed",
  async (program) => {
    const name = uniqueName("pull");
    const labels = { "mcops.tech/secret-type": "docker-creds" };
    await program.put({ metadata: { namespace: "argocd", name, labels } });
    await program.put({ metadata: { namespace: "team-a", name, labels } });
    const { status, body } = await program.get("/secrets?cluster=two-namespaces");
    assert.deepEqual([status, body.status], [200, "success"]);
    assert.deepEqual(body.warnings, [
      "The kubeconfig's user cannot list secrets in all namespaces: only namespace argocd " +
      "was searched for docker secrets",
      "The kubeconfig's user cannot list secrets in kube-system, default either",
    ]);
    const found = body.docker_creds_secrets.filter((each: { name: string }) => each.name === name);
    assert.deepEqual(found.map((each: { namespace: string }) => each.namespace), ["argocd"]);
  },
);

realTestWith(
  { "docker-namespaces": ["team-a", "argocd"] },
  "without the right to list everywhere the configured namespaces are listed",
  async (program) => {
    const name = uniqueName("pull");
    const labels = { "mcops.tech/secret-type": "docker-creds" };
    await program.put({ metadata: { namespace: "team-a", name, labels } });
    const { status, body } = await program.get("/secrets?cluster=two-namespaces");
    assert.equal(status, 200);
    assert.deepEqual(body.warnings, [
      "The kubeconfig's user cannot list secrets in all namespaces: only namespaces " +
      "team-a, argocd were searched for docker secrets",
    ]);
    assert.ok(body.docker_creds_secrets.some((each: { name: string }) => each.name === name));
  },
);

realTestWith(
  { "docker-namespaces": ["team-b"] },
  "when no namespace can be listed the answer is forbidden, not empty",
  async ({ get }) => {
    const { status, body } = await get("/secrets?cluster=two-namespaces");
    assert.deepEqual([status, body.status], [502, "forbidden"]);
    assert.match(body.message, /cannot list secrets in namespace 'team-b' \(Forbidden\)/);
  },
);

realTest("rights in two namespaces suffice to write there", async (program) => {
  const name = uniqueName("pull");
  const { status, body } = await add(program, "two-namespaces", name, ["team-a"]);
  assert.equal(status, 200);
  assert.deepEqual(body.namespaces, ["team-a", "argocd"]);
  for (const namespace of ["team-a", "argocd"]) {
    assert.equal((await program.stored(namespace, name))?.type, "kubernetes.io/dockerconfigjson");
  }
});

realTest("without rights in one of the namespaces nothing is written anywhere", async (program) => {
  const name = uniqueName("pull");
  assertAnswer(await add(program, "two-namespaces", name, ["team-a", "team-b"]), 502, {
    error: true,
    message: "Cannot read secrets of cluster 'two-namespaces': the kubeconfig's user cannot get " +
      "secrets in namespace 'team-b' (Forbidden)",
    status_code: 502,
    status: "forbidden",
  });
  for (const namespace of ["team-a", "team-b", "argocd"]) {
    assert.equal(await program.find(namespace, name), undefined);
  }
});

realTest(
  "a read-only user writes nothing, and the reason is reported for every namespace",
  async (program) => {
    const name = uniqueName("pull");
    const refused = (namespace: string) =>
      `Cannot create secret ${namespace}/${name} of cluster 'reader': ` +
      `the kubeconfig's user cannot create secrets in namespace '${namespace}' (Forbidden)`;
    assertAnswer(await add(program, "reader", name, ["team-a"]), 502, {
      error: true,
      message: `${refused("team-a")}. Nothing was changed`,
      status_code: 502,
      status: "forbidden",
      cluster: "reader",
      name,
      results: ["team-a", "argocd"].map((namespace) => ({
        namespace,
        result: {
          success: false,
          namespace,
          error: `secret/${name}: ${refused(namespace)}; not written`,
        },
      })),
      rolled_back: true,
    });
    assert.equal(await program.find("team-a", name), undefined);
  },
);

realTest("a user without rights gets an error that names the missing right", async ({ get }) => {
  assertAnswer(
    await get("/secrets?cluster=no-rights"),
    502,
    nothingListed(
      "no-rights",
      "forbidden",
      "Cannot list secrets in namespace 'argocd' of cluster 'no-rights': the kubeconfig's user " +
        "cannot list secrets in namespace 'argocd' (Forbidden)",
    ),
  );
});

realTest("a token unknown to the cluster is 502 unauthorized", async (program) => {
  const why =
    "of cluster 'wrong-token': the cluster rejected the kubeconfig's credentials (Unauthorized)";
  assertAnswer(
    await program.get("/secrets?cluster=wrong-token"),
    502,
    nothingListed(
      "wrong-token",
      "unauthorized",
      `Cannot list secrets in namespace 'argocd' ${why}`,
    ),
  );
  assertAnswer(await add(program, "wrong-token", uniqueName("pull"), ["team-a"]), 502, {
    error: true,
    message: `Cannot read secrets ${why}`,
    status_code: 502,
    status: "unauthorized",
  });
});
