import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { remove, show } from "../requests.ts";
import { type Stage, stored } from "../stage.ts";
import { CANARY, docker, type Row, testsOf } from "../support.ts";

/** Secrets of the older type `kubernetes.io/dockercfg` are pull secrets as those of the newer. */

const NAME = "my-docker-secret";
const OLDER = "kubernetes.io/dockercfg";
const NEWER = "kubernetes.io/dockerconfigjson";
const THEIRS = { "registry.example.com": { auth: "bzpw" } };
const OURS = {
  username: "your_username",
  password: CANARY,
  auth: btoa(`your_username:${CANARY}`),
};

/** In one of the namespaces that a request names. */
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
    name: `without force one is left as it is: ${JSON.stringify(more)}`,
    request: () => merging(more),
    before: older(),
    status: 409,
    body: { error: true, message: REFUSED, status_code: 409 },
    changes: false,
  })),
  {
    name: "merging by force keeps its logins, in the newer type",
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
    name: "rotating one of its logins by force leaves no old password",
    request: () => merging({ registry: "registry.example.com", force: true }),
    before: older(),
    status: 200,
    after: ({ cluster }) => {
      const { auths } = JSON.parse(stored(cluster, `default/${NAME}`, ".dockerconfigjson"));
      assert.deepEqual(auths, { "registry.example.com": OURS });
    },
  },
  {
    name: "without merge one is replaced whole, by force",
    request: () => merging({ merge: false, upsert: true, force: true }),
    before: older(),
    status: 200,
    after: ({ cluster }) => {
      const data = cluster.secrets.get(`default/${NAME}`)!.data.reveal();
      assert.deepEqual(Object.keys(data), [".dockerconfigjson"]);
    },
  },
  {
    name: "what cannot be merged with stays, by force too",
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
    name: "a dry run says which logins would come to be where, and writes nothing",
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
    name: "one is shown with its registries",
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
    name: "deleting one takes it off the service accounts that use it",
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
  name: `a secret of type ${type} that is immutable stays so when it is replaced by force`,
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
