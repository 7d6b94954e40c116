import { FakeCluster, type StoredServiceAccount } from "../../src/kube/fake/store.ts";
import type { StoredSecret } from "../../src/kube/store.ts";
import { fromWire, toWire } from "../../src/kube/manifest.ts";
import { type ApiSecret, uniqueName } from "../support/api_objects.ts";
import { makeCanary } from "../support/canary.ts";
import type { ApiAccount } from "./accounts.ts";
import type { Subject } from "./subject.ts";

/** The in-memory cluster of the unit tests has to keep the contract too. */
export const FAKE_SUBJECT: Subject = {
  name: "fake cluster",
  ignore: false,
  judges: false,
  async run(test) {
    const cluster = new FakeCluster();
    const argocds = new Map<string, string>();
    const found = (namespace: string, name: string) => cluster.secrets.get(`${namespace}/${name}`);
    await test({
      store: cluster.store(),
      probe: {
        ...cluster.probe(),
        argocdVersion: (namespace) => Promise.resolve(argocds.get(namespace)),
      },
      deploy({ namespace, image }) {
        argocds.set(namespace, image.slice(image.indexOf(":") + 1));
        return Promise.resolve();
      },
      canary: makeCanary(),
      said: [],
      namespace(phase = "Active", name = uniqueName("ns")) {
        cluster.namespaces.set(name, phase);
        return Promise.resolve(name);
      },
      put(secret) {
        const manifest = fromWire({ ...secret, apiVersion: "v1", kind: "Secret" } as Wire);
        const { uid: _uid, creationTimestamp: _created, ...rest } = manifest;
        return Promise.resolve(shown(cluster.put(rest, manifest.data.reveal())));
      },
      find(namespace, name) {
        const secret = found(namespace, name);
        return Promise.resolve(secret && shown(secret));
      },
      remove(namespace, name) {
        cluster.secrets.delete(`${namespace}/${name}`);
        return Promise.resolve();
      },
      putAccount({ metadata: { namespace, name }, imagePullSecrets = [] }) {
        const pullSecrets = imagePullSecrets.flatMap(({ name }) => name ?? []);
        return Promise.resolve(shownAccount(cluster.putAccount({ namespace, name, pullSecrets })));
      },
      findAccount(namespace, name) {
        const account = cluster.accounts.get(`${namespace}/${name}`);
        return Promise.resolve(account && shownAccount(account));
      },
      labelsOf(namespace) {
        const labels = cluster.namespaceLabels.get(namespace) ?? {};
        return Promise.resolve(cluster.namespaces.has(namespace) ? labels : undefined);
      },
    });
  },
};

type Wire = Parameters<typeof fromWire>[0];

/** As the API would return it. */
function shown(secret: StoredSecret): ApiSecret {
  const { metadata, ...rest } = toWire(secret);
  const { uid, creationTimestamp } = secret;
  return JSON.parse(JSON.stringify({ ...rest, metadata: { ...metadata, uid, creationTimestamp } }));
}

function shownAccount(account: StoredServiceAccount): ApiAccount {
  const { pullSecrets, ...metadata } = account;
  return { metadata, imagePullSecrets: pullSecrets.map((name) => ({ name })) };
}
