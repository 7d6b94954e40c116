import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { remove, show } from "../requests.ts";
import { type Stage, stored } from "../stage.ts";
import { CANARY, docker, type Row, testsOf } from "../support.ts";

/** Secrets of the older type `kubernetes.io/dockercfg` are handled as pull secrets. */

const NAME = "my-docker-secret";
const OLDER = "kubernetes.io/dockercfg";
const NEWER = "kubernetes.io/dockerconfigjson";
const THEIRS = { "registry.example.com": { auth: "bzpw" } };
const OURS = {
  username: "your_username",
  password: CANARY,
  auth: btoa(`your_username:${CANARY}`),
};

/** A dockercfg secret in one of the requested namespaces. */
const older = (more: object = {}) => ({ cluster }: Stage) => {
  const data = { ".dockercfg": encodeBase64(JSON.stringify(THEIRS)) };
  cluster.put({ namespace: "default", name: NAME, type: OLDER, ...more }, data);
  cluster.putAccount({ namespace: "default", name: "default", pullSecrets: [NAME, "other"] });
};

const merging = (more: object = {}) =>
  docker({ registry: "other.example.com", namespaces: "default", merge: true, ...more });

const REFUSED = `Secret default/${NAME} has type ${OLDER}, and Kubernetes does not allow ` +
  'a change of type. Send "force": true to delete and recreate it: it is ' +
  "missing for a few seconds";

const rows: Row[] = [
  ...[{ merge: true }, { merge: false, upsert: true }].map((more): Row => ({
    name: `without force a dockercfg secret is left unchanged: ${JSON.stringify(more)}`,
    request: () => merging(more),
    before: older(),
    status: 409,
    body: { error: true, message: REFUSED, status_code: 409 },
    changes: false,
  })),
  {
    name: "merge with force keeps the logins of a dockercfg secret, in the newer type",
    request: () => merging({ force: true }),
    before: older(),
    status: 200,
    changes: true,
    after: ({ cluster }) => {
      const { type, data } = cluster.secrets.get(`default/${NAME}`)!;
      assert.deepEqual([type, Object.keys(data.reveal())], [NEWER, [".dockerconfigjson"]]);
      const { auths } = JSON.parse(stored(cluster, `default/${NAME}`, ".dockerconfigjson"));
      assert.deepEqual(auths, { ...THEIRS, "other.example.com": OURS });
      const again = JSON.parse(stored(cluster, `argocd/${NAME}`, ".dockerconfigjson"));
      assert.deepEqual(again, { auths: { "other.example.com": OURS } });
    },
  },
  {
    name: "rotating one login of a dockercfg secret with force leaves no old password",
    request: () => merging({ registry: "registry.example.com", force: true }),
    before: older(),
    status: 200,
    after: ({ cluster }) => {
      const { auths } = JSON.parse(stored(cluster, `default/${NAME}`, ".dockerconfigjson"));
      assert.deepEqual(auths, { "registry.example.com": OURS });
    },
  },
  {
    name: "without merge, force replaces a dockercfg secret as a whole",
    request: () => merging({ merge: false, upsert: true, force: true }),
    before: older(),
    status: 200,
    after: ({ cluster }) => {
      const data = cluster.secrets.get(`default/${NAME}`)!.data.reveal();
      assert.deepEqual(Object.keys(data), [".dockerconfigjson"]);
    },
  },
  {
    name: "a malformed dockercfg secret is not merged into, even with force",
    request: () => merging({ force: true }),
    before: ({ cluster }) =>
      void cluster.put({ namespace: "default", name: NAME, type: OLDER }, {
        ".dockercfg": encodeBase64(`{"auths": {"quay.io": {}}}`),
      }),
    status: 409,
    body: {
      error: true,
      message: `Secret default/${NAME} cannot be merged: its Docker configuration must ` +
        "have its registries at the top, and not in a field 'auths'. " +
        "Use 'upsert' instead of 'merge' to replace the whole secret",
      status_code: 409,
    },
    changes: false,
  },
  {
    name: "a dry run shows the logins before and after, and writes nothing",
    request: () => merging({ force: true, dry_run: true }),
    before: older({ labels: { team: "web" } }),
    status: 200,
    changes: false,
    after: (_, body) => {
      const [first] = (body as { results: { result: { changes: { field: string }[] } }[] }).results;
      const changes = first!.result.changes.filter(({ field }) => !field.startsWith("labels."));
      assert.deepEqual(changes, [
        { field: "type", before: OLDER, after: NEWER },
        { field: "data..dockercfg", before: "registry.example.com (o)" },
        {
          field: "data..dockerconfigjson",
          after: "registry.example.com (o), other.example.com (your_username)",
        },
      ]);
    },
  },
  {
    name: "a dockercfg secret is shown with its registries",
    request: () => show(NAME),
    before: older(),
    status: 200,
    absent: ["bzpw"],
    after: (_, body) => {
      const { secrets: [secret] } = body as { secrets: Record<string, unknown>[] };
      const { type, registries, keys } = secret!;
      assert.deepEqual({ type, registries, keys }, {
        type: OLDER,
        registries: [{ registry: "registry.example.com", username: "o" }],
        keys: [{ key: ".dockercfg", bytes: JSON.stringify(THEIRS).length }],
      });
    },
  },
  {
    name: "deleting a dockercfg secret detaches it from the service accounts that use it",
    request: () => remove({ name: NAME, namespaces: "default", force: "true" }),
    before: older(),
    status: 200,
    changes: true,
    after: ({ cluster }, body) => {
      assert.equal(cluster.secrets.has(`default/${NAME}`), false);
      assert.deepEqual(cluster.accounts.get("default/default")!.pullSecrets, ["other"]);
      const { service_accounts } = body as { service_accounts: { output: string }[] };
      assert.deepEqual(service_accounts.map(({ output }) => output), [
        "serviceaccount/default patched",
      ]);
    },
  },
];

const immutable: Row[] = [OLDER, NEWER].map((type) => ({
  name: `an immutable secret of type ${type} stays immutable when force replaces it`,
  request: () => merging({ force: true }),
  before: ({ cluster }) =>
    void cluster.put({ namespace: "default", name: NAME, type, immutable: true }, {
      [type === OLDER ? ".dockercfg" : ".dockerconfigjson"]: encodeBase64("{}"),
    }),
  status: 200,
  after: ({ cluster }) => {
    assert.equal(cluster.secrets.get(`default/${NAME}`)!.immutable, true);
    assert.equal(cluster.secrets.get(`argocd/${NAME}`)!.immutable, undefined);
  },
}));

for (const test of testsOf([...rows, ...immutable])) Deno.test(test);
