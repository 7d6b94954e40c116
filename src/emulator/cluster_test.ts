import { deepStrictEqual, notStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { EmulatedCluster } from "./cluster.ts";
import { decodeObject } from "./decode.ts";
import type { Manifest, V1Secret } from "./objects.ts";
import { StatusError } from "./status.ts";

const NOW = "2026-01-02T03:04:05Z";

function clusterWith(...namespaces: string[]): EmulatedCluster {
  const cluster = new EmulatedCluster({ now: () => new Date("2026-01-02T03:04:05.678Z") });
  for (const name of namespaces) cluster.addNamespace(name);
  return cluster;
}

function manifest(name: string, more: object = {}, meta: object = {}): Manifest {
  return decodeObject({ metadata: { name, ...meta }, ...more }, "secrets").manifest;
}

/** @returns The Status that the call is refused with. */
function refusal(call: () => unknown): StatusError {
  try {
    call();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("Expected a refusal");
}

Deno.test("a created secret gets uid, resourceVersion, creationTimestamp and type", () => {
  const cluster = clusterWith("n");
  const meta = { uid: "mine", creationTimestamp: "2001-01-01T00:00:00Z" };
  const created = cluster.create(
    "secrets",
    "n",
    manifest("a", { stringData: { b: "ü", a: "new" }, data: { a: "b2xk" } }, meta),
  );
  const { uid } = created.metadata;
  notStrictEqual(uid, "mine");
  deepStrictEqual(created, {
    kind: "Secret",
    apiVersion: "v1",
    metadata: {
      name: "a",
      namespace: "n",
      uid,
      resourceVersion: created.metadata.resourceVersion,
      creationTimestamp: NOW,
    },
    data: { a: "bmV3", b: "w7w=" },
    type: "Opaque",
  });
  strictEqual(cluster.secret("n", "a"), created);
});

Deno.test("every write takes the next resourceVersion of the cluster", () => {
  const cluster = clusterWith("n");
  const first = cluster.put({ metadata: { name: "a", namespace: "n" } });
  const second = cluster.create("secrets", "n", manifest("b"));
  const third = cluster.update("secrets", "n", "a", manifest("a", { data: { x: "eA==" } }));
  const versions = [first, second, third].map(({ metadata }) => Number(metadata.resourceVersion));
  deepStrictEqual(versions.map((version) => version - (versions[0] ?? 0)), [0, 1, 2]);
  strictEqual(cluster.list("secrets", "").metadata.resourceVersion, String(versions[2]));
});

Deno.test("a create is rejected for an existing name, and for a missing or terminating namespace", () => {
  const cluster = clusterWith("n");
  cluster.put({ metadata: { name: "a", namespace: "n" } });
  cluster.addNamespace("ending", { phase: "Terminating" });
  deepStrictEqual(refusal(() => cluster.create("secrets", "n", manifest("a"))).toStatus(), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'secrets "a" already exists',
    reason: "AlreadyExists",
    details: { name: "a", kind: "secrets" },
    code: 409,
  });
  deepStrictEqual(refusal(() => cluster.create("secrets", "no", manifest("a"))).toStatus(), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'namespaces "no" not found',
    reason: "NotFound",
    details: { name: "no", kind: "namespaces" },
    code: 404,
  });
  deepStrictEqual(refusal(() => cluster.create("secrets", "ending", manifest("A"))).toStatus(), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message:
      'secrets "A" is forbidden: unable to create new content in namespace ending because it is being terminated',
    reason: "Forbidden",
    details: {
      name: "A",
      kind: "secrets",
      causes: [{
        reason: "NamespaceTerminating",
        message: "namespace ending is being terminated",
        field: "metadata.namespace",
      }],
    },
    code: 403,
  });
});

Deno.test("a dry run checks everything and changes nothing", () => {
  const cluster = clusterWith("n");
  const old = cluster.put({ metadata: { name: "a", namespace: "n" } });
  const dryRun = { dryRun: true };
  const created = cluster.create("secrets", "n", manifest("b"), dryRun);
  ok(!("resourceVersion" in created.metadata));
  const update = manifest("a", { data: { x: "eA==" } });
  const updated = cluster.update("secrets", "n", "a", update, dryRun) as V1Secret;
  deepStrictEqual(updated.data, { x: "eA==" });
  strictEqual(updated.metadata.resourceVersion, old.metadata.resourceVersion);
  cluster.delete("secrets", "n", "a", dryRun);
  strictEqual(refusal(() => cluster.create("secrets", "n", manifest("a"), dryRun)).code, 409);
  deepStrictEqual(cluster.secrets(), [old]);
});

Deno.test("a replace keeps uid and creationTimestamp, and removes labels", () => {
  const cluster = clusterWith("n");
  const old = cluster.put({ metadata: { name: "a", namespace: "n", labels: { l: "1" } } });
  const meta = { creationTimestamp: "2001-01-01T00:00:00Z" };
  const { metadata } = cluster.update("secrets", "n", "a", manifest("a", {}, meta));
  strictEqual(metadata.uid, old.metadata.uid);
  strictEqual(metadata.creationTimestamp, old.metadata.creationTimestamp);
  strictEqual(metadata.labels, undefined);
});

Deno.test("a replace that changes nothing keeps the resourceVersion", () => {
  const cluster = clusterWith("n");
  const old = cluster.put({ metadata: { name: "a", namespace: "n" }, data: { x: "eA==" } });
  strictEqual(cluster.update("secrets", "n", "a", manifest("a", { data: { x: "eA==" } })), old);
});

Deno.test("a replace with a stale resourceVersion or another uid is a conflict", () => {
  const cluster = clusterWith("n");
  const old = cluster.put({ metadata: { name: "a", namespace: "n" } });
  const { uid, resourceVersion } = old.metadata;
  cluster.put({ metadata: { name: "a", namespace: "n" }, data: { x: "eA==" } });
  const update = (meta: object, more: object = {}) => () =>
    cluster.update("secrets", "n", "a", manifest("a", more, meta));
  const stale = refusal(update({ resourceVersion }, { type: "other" }));
  strictEqual(stale.reason, "Conflict");
  strictEqual(
    stale.message,
    'Operation cannot be fulfilled on secrets "a": the object has been modified; please apply your changes to the latest version and try again',
  );
  const foreign = refusal(update({ uid: "other", resourceVersion }));
  strictEqual(
    foreign.message,
    `Operation cannot be fulfilled on secrets "a": StorageError: invalid object, Code: 4, Key: /registry/secrets/n/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
  );
  strictEqual(refusal(() => cluster.update("secrets", "n", "b", manifest("b"))).code, 404);
  update({})();
});

Deno.test("an invalid secret is rejected in the server's words", () => {
  const cluster = clusterWith("n");
  cluster.put({ metadata: { name: "a", namespace: "n" } });
  cluster.put({ metadata: { name: "fixed", namespace: "n" }, immutable: true });
  const docker = "kubernetes.io/dockerconfigjson";
  const config = (text: string) => ({ type: docker, data: { ".dockerconfigjson": btoa(text) } });
  const redacted = 'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": ';
  const creates: [Manifest, string | undefined][] = [
    [manifest("x", { type: docker }), "data[.dockerconfigjson]: Required value"],
    [
      manifest("x", config("[]")),
      `${redacted}json: cannot unmarshal array into Go value of type map[string]interface {}`,
    ],
    [manifest("x", config("{")), `${redacted}unexpected end of JSON input`],
    [
      manifest("x", config("{'a':1}")),
      `${redacted}invalid character '\\'' looking for beginning of object key string`,
    ],
    [manifest("ok-null", config("null")), undefined],
    [manifest("ok", config('{"auths":{}}')), undefined],
    [
      manifest("x", { data: { a: btoa("x".repeat(1024 * 1024 + 1)) } }),
      "data: Too long: may not be more than 1048576 bytes",
    ],
    [manifest("ok-big", { data: { a: btoa("x".repeat(1024 * 1024)) } }), undefined],
    [manifest("x", { data: { "..": "" } }), "data[..]: Invalid value: \"..\": must not be '..'"],
    [manifest(""), "metadata.name: Required value: name or generateName is required"],
    [
      manifest("x", {}, { finalizers: ["no"] }),
      'metadata.finalizers[0]: Invalid value: "no": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ];
  for (const [secret, finding] of creates) {
    if (finding === undefined) {
      cluster.create("secrets", "n", secret);
      continue;
    }
    const { code, message } = refusal(() => cluster.create("secrets", "n", secret));
    strictEqual(message, `Secret "${secret.metadata.name}" is invalid: ${finding}`);
    strictEqual(code, 422);
  }
  throws(() => cluster.create("secrets", "n", manifest("A_b")), /a lowercase RFC 1123 subdomain/);
  const updates: [Manifest, string][] = [
    [manifest("a", { type: "b" }), 'type: Invalid value: "b": field is immutable'],
    [
      manifest("fixed", { immutable: true, data: { a: "" } }),
      "data: Forbidden: field is immutable when `immutable` is set",
    ],
    [manifest("fixed"), "immutable: Forbidden: field is immutable when `immutable` is set"],
  ];
  for (const [secret, finding] of updates) {
    const { name } = secret.metadata;
    const { code, message } = refusal(() => cluster.update("secrets", "n", name, secret));
    strictEqual(message, `Secret "${name}" is invalid: ${finding}`);
    strictEqual(code, 422);
  }
});

Deno.test("a create with a resourceVersion is rejected", () => {
  const cluster = clusterWith("n");
  const refused = refusal(() =>
    cluster.create("secrets", "n", manifest("a", {}, { resourceVersion: "7" }))
  );
  deepStrictEqual([refused.code, refused.reason, refused.message], [
    500,
    undefined,
    "resourceVersion should not be set on objects to be created",
  ]);
});

Deno.test("a delete compares its preconditions, also an empty uid", () => {
  const cluster = clusterWith("n");
  const { uid, resourceVersion } =
    cluster.put({ metadata: { name: "a", namespace: "n" } }).metadata;
  const remove = (preconditions: object) => () =>
    cluster.delete("secrets", "n", "a", { dryRun: false, ...preconditions });
  strictEqual(
    refusal(remove({ uid: "" })).message,
    `Operation cannot be fulfilled on Secret "a": the UID in the precondition () does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
  );
  strictEqual(
    refusal(remove({ uid, resourceVersion: "1" })).message,
    `Operation cannot be fulfilled on Secret "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
  );
  deepStrictEqual(remove({ uid, resourceVersion })(), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name: "a", kind: "secrets", uid },
  });
  strictEqual(refusal(remove({ uid })).code, 404);
});

Deno.test("a secret with finalizers is marked, and stays until they are removed", () => {
  const cluster = clusterWith("n");
  cluster.put({ metadata: { name: "a", namespace: "n", finalizers: ["a.b/c"] } });
  cluster.delete("secrets", "n", "a");
  strictEqual(cluster.secret("n", "a")?.metadata.deletionTimestamp, NOW);
  strictEqual(
    refusal(() => cluster.create("secrets", "n", manifest("a"))).message,
    'object is being deleted: secrets "a" already exists',
  );
  cluster.update("secrets", "n", "a", manifest("a"));
  strictEqual(cluster.secret("n", "a"), undefined);
});

Deno.test("a deleted namespace removes its secrets", () => {
  const cluster = clusterWith("n", "other");
  for (const namespace of ["n", "other"]) cluster.put({ metadata: { name: "a", namespace } });
  cluster.delete("namespaces", "", "n");
  strictEqual(cluster.namespace("n"), undefined);
  deepStrictEqual(cluster.secrets().map(({ metadata }) => metadata.namespace), ["other"]);
  strictEqual(refusal(() => cluster.delete("namespaces", "", "default")).code, 403);
});

Deno.test("a namespace whose secret has finalizers is Terminating until that is removed", () => {
  const cluster = clusterWith("n");
  cluster.put({ metadata: { name: "a", namespace: "n", finalizers: ["a.b/c"] } });
  cluster.delete("namespaces", "", "n");
  strictEqual(cluster.namespace("n")?.status.phase, "Terminating");
  cluster.update("secrets", "n", "a", manifest("a"));
  strictEqual(cluster.namespace("n"), undefined);
});

Deno.test("`__proto__` and `constructor` are keys like any other", () => {
  const cluster = clusterWith("n");
  const text = '{"metadata":{"name":"a"},"data":{"__proto__":"eA==","constructor":"eQ=="}}';
  const secret = decodeObject(JSON.parse(text), "secrets").manifest;
  const created = cluster.create("secrets", "n", secret) as V1Secret;
  strictEqual(JSON.stringify(created.data), '{"__proto__":"eA==","constructor":"eQ=="}');
  const other = manifest("a", { data: { x: "" } });
  deepStrictEqual((cluster.update("secrets", "n", "a", other) as V1Secret).data, { x: "" });
});
