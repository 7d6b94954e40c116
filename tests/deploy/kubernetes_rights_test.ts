import assert from "node:assert/strict";
import { join } from "node:path";
import { request } from "../../scripts/control_plane/connect.ts";
import { KubeconfigRejected, vetKubeconfig } from "../../src/clusters/vet.ts";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { makeCanary } from "../support/canary.ts";
import { manifests, ofKind, type Parsed } from "./files.ts";
import { authorityOf, mountedPod, SERVICE_ACCOUNT_FOLDER, tokenFor } from "./mounted_pod.ts";
import { NAME, planeTests, renamed, withObjects } from "./on_cluster.ts";
import { projected } from "./projected.ts";

const realTest = planeTests((test) => Deno.test(test));

/** What the program can do with the service account and the mounts of the manifests. */

const RIGHTS = ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"];

realTest("the service account's permissions suffice to list and write secrets", async (plane) => {
  const namespace = uniqueName("deploy");
  const objects = renamed(await manifests(), namespace);
  await withObjects(plane, objects, RIGHTS, async () => {
    await using mounted = await mountedPod(plane, objects, namespace);
    const { get, post, log } = mounted;
    const listed = await get("/clusters");
    assert.deepEqual(listed.body, { clusters: ["in-cluster"], total: 1 });

    const canary = makeCanary();
    const name = uniqueName("pull");
    const body = {
      password: canary.value,
      username: "user",
      cluster_name: "in-cluster",
      name,
      namespaces: ["team-a", "team-b"],
    };
    // A missing namespace can be reported before anything is written.
    const missing = { ...body, namespaces: ["team-a", uniqueName("missing")] };
    const nowhere = await post("/secrets/add_docker", missing);
    assert.equal(nowhere.status, 400, nowhere.text);
    const created = await post("/secrets/add_docker", body);
    assert.equal(created.status, 200, created.text);
    const refused = await post("/secrets/add_docker", body);
    assert.equal(refused.status, 409, refused.text);
    const replaced = await post("/secrets/add_docker", {
      ...body,
      username: "another",
      upsert: true,
    });
    assert.equal(replaced.status, 200, replaced.text);
    // The type can only be changed by deleting the secret.
    const path = `/api/v1/namespaces/team-a/secrets/${name}`;
    const opaque = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "team-a" } };
    await plane.request("DELETE", path);
    await plane.request("POST", "/api/v1/namespaces/team-a/secrets", opaque);
    const forced = await post("/secrets/add_docker", { ...body, upsert: true, force: true });
    assert.equal(forced.status, 200, forced.text);
    for (const written of ["team-a", "team-b", "argocd"]) {
      const found = await plane.request("GET", `/api/v1/namespaces/${written}/secrets/${name}`);
      assert.equal(found.body.type, "kubernetes.io/dockerconfigjson");
      assert.ok(decodeBase64(found.body.data[".dockerconfigjson"]).includes(canary.value));
    }

    const secrets = await get("/secrets?cluster=in-cluster");
    assert.deepEqual([secrets.status, secrets.body.status], [200, "success"], secrets.text);
    assert.equal(secrets.body.warnings, undefined);
    const namespaces = secrets.body.docker_creds_secrets
      .filter((each: Parsed) => each.name === name).map((each: Parsed) => each.namespace);
    assert.deepEqual(namespaces.sort(), ["argocd", "team-a", "team-b"]);

    for (const answer of [nowhere, created, refused, replaced, forced, secrets]) {
      canary.absentFrom(answer.text, "an answer");
    }
    for (const line of log) canary.absentFrom(line, "the log");
    for (const written of ["team-a", "team-b", "argocd"]) {
      await plane.request("DELETE", `/api/v1/namespaces/${written}/secrets/${name}`);
    }
  });
});

realTest("a token that the kubelet has renewed is used for the next request", async (plane) => {
  const namespace = uniqueName("deploy");
  const objects = renamed(await manifests(), namespace);
  await withObjects(plane, objects, RIGHTS, async () => {
    await using mounted = await mountedPod(plane, objects, namespace);
    const { get, token, setToken } = mounted;
    await setToken("no-token-at-all");
    assert.equal((await get("/secrets?cluster=in-cluster")).body.status, "unauthorized");
    await setToken(token);
    assert.equal((await get("/secrets?cluster=in-cluster")).body.status, "success");
  });
});

realTest("the service account can do nothing else", async (plane) => {
  const namespace = uniqueName("deploy");
  const objects = renamed(await manifests(), namespace);
  await withObjects(plane, objects, RIGHTS, async () => {
    const server = { ...authorityOf(plane), administratorToken: await tokenFor(plane, namespace) };
    const forbidden: [method: string, path: string, body?: unknown][] = [
      ["DELETE", `/api/v1/namespaces/${namespace}`],
      ["POST", "/api/v1/namespaces", { metadata: { name: uniqueName("ns") } }],
      ["GET", "/api/v1/configmaps"],
      ["GET", "/api/v1/pods"],
      ["GET", "/api/v1/nodes"],
      ["GET", "/api/v1/namespaces/team-a/serviceaccounts/default"],
      ["PATCH", "/api/v1/namespaces/team-a/serviceaccounts/default", {}],
      ["POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${NAME}/token`, {}],
      ["PATCH", "/api/v1/namespaces/team-a/secrets/any", {}],
      ["DELETE", "/api/v1/namespaces/team-a/secrets"],
      ["GET", "/api/v1/secrets?watch=true"],
      ["GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles"],
    ];
    for (const [method, path, body] of forbidden) {
      const { status } = await request(server, method, path, body);
      assert.equal(status, 403, `${method} ${path}`);
    }
    assert.equal((await request(server, "GET", "/api/v1/namespaces/team-a")).status, 200);
  });
});

Deno.test("a kubeconfig in a projected volume is accepted, and one in a ConfigMap's volume is not", async () => {
  const { data } = ofKind(await manifests(), "ConfigMap");
  const folder = await Deno.makeTempDir();
  // The test's user stands for root, who owns the files that the kubelet writes.
  const rules = { owners: [65532, Deno.uid()!], group: 65532, allowExecPlugins: false };
  try {
    const account = await projected(join(folder, "account"), { token: "t", "ca.crt": "" }, 0o1777);
    const kubeconfig = data["in-cluster.kubeconfig"].replaceAll(SERVICE_ACCOUNT_FOLDER, account);
    const files = { "in-cluster.kubeconfig": kubeconfig };
    const sticky = await projected(join(folder, "projected"), files, 0o1777);
    const { warnings } = await vetKubeconfig(join(sticky, "in-cluster.kubeconfig"), rules);
    assert.deepEqual(warnings.map((each) => each.replace(/'.*'/, "")), [
      "Kubeconfig  is readable by other users. Run chmod 600 on it",
    ]);
    const plain = await projected(join(folder, "configmap"), files, 0o777);
    await assert.rejects(
      vetKubeconfig(join(plain, "in-cluster.kubeconfig"), rules),
      (error) => error instanceof KubeconfigRejected && /world-writable/.test(error.message),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
