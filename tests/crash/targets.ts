import assert from "node:assert/strict";
import { type ApiRequest, type ApiSecret, bystander, uniqueName } from "../support/api_objects.ts";
import { decodeBase64, encodeBase64 } from "../support/base64.ts";

/** What a namespace holds. */
export type Held = "nothing" | "old" | "new";

/** The secrets of one write: each namespace holds nothing or an old value before. */
export interface Targets {
  /** As sent: without Argo CD's namespace, which is also written to. */
  readonly namespaces: readonly string[];
  readonly argocd: string;
  /** The body that writes the new value everywhere. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Restores the state before the write. */
  reset(): Promise<void>;
  /** What each namespace holds. @throws AssertionError when one holds anything but a whole value */
  look(): Promise<ReadonlyMap<string, Held>>;
  /** Each holds its previous content or the new value. */
  assertOldOrNew(): Promise<void>;
  assertAll(held: "as before" | "new"): Promise<void>;
  /** The previous content of a namespace. */
  before(namespace: string): Held;
}

export interface Values {
  readonly old: string;
  readonly new: string;
}

const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";
const REGISTRY = "registry.example.com";
const USER = "user";
const REQUEST = "argocd-configurer.io/request";

/** Labels and annotations of others on the old secrets. */
const FOREIGN = {
  labels: { "mcops.tech/secret-type": "docker-creds", team: "a" },
  annotations: { note: "keep this" },
};

/**
 * @param count of namespaces besides Argo CD's
 * @param withOld whether the namespace with this index holds an old value; Argo CD's is the last
 */
export async function makeTargets(
  request: ApiRequest,
  values: Values,
  count: number,
  withOld: (place: number) => boolean,
): Promise<Targets> {
  const others = bystander(request);
  const all = await Promise.all(Array.from({ length: count + 1 }, () => others.namespace()));
  const name = uniqueName("pull");
  const argocd = all.at(-1)!;
  const namespaces = all.slice(0, -1);
  const before = (namespace: string): Held => withOld(all.indexOf(namespace)) ? "old" : "nothing";

  async function look(): Promise<ReadonlyMap<string, Held>> {
    const { body } = await request("GET", `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`);
    const secrets = body.items as ApiSecret[];
    return new Map(all.map((namespace) => {
      const secret = secrets.find(({ metadata }) => metadata.namespace === namespace);
      if (secret === undefined) return [namespace, "nothing"];
      const held = heldBy(secret, values);
      assertNeighbours(secret, held, before(namespace));
      return [namespace, held];
    }));
  }

  const targets: Targets = {
    namespaces,
    argocd,
    body: {
      cluster_name: "c",
      name,
      namespaces,
      registry: REGISTRY,
      username: USER,
      password: values.new,
      upsert: true,
    },
    before,
    look,
    async reset() {
      const held = await look();
      await Promise.all(all.map(async (namespace) => {
        if (before(namespace) === "old") await others.put(oldSecret(namespace, name, values.old));
        else if (held.get(namespace) !== "nothing") await others.remove(namespace, name);
      }));
      await targets.assertAll("as before");
    },
    async assertOldOrNew() {
      for (const [namespace, held] of await look()) {
        assert.ok(held === "new" || held === before(namespace), `${namespace} holds ${held}`);
      }
    },
    async assertAll(what) {
      const expected = all.map((each) => [each, what === "new" ? "new" : before(each)]);
      assert.deepEqual([...await look()], expected);
    },
  };
  await targets.reset();
  return targets;
}

function dockerConfig(password: string) {
  const auth = encodeBase64(`${USER}:${password}`);
  return { auths: { [REGISTRY]: { username: USER, password, auth } } };
}

function oldSecret(namespace: string, name: string, password: string): ApiSecret {
  return {
    metadata: { namespace, name, ...FOREIGN },
    type: DOCKER_CONFIG,
    data: { ".dockerconfigjson": encodeBase64(JSON.stringify(dockerConfig(password))) },
  };
}

/** Which of the two values a secret holds, whole. */
function heldBy({ type, data = {}, metadata }: ApiSecret, values: Values): "old" | "new" {
  const where = `in ${metadata.namespace}`;
  assert.equal(type, DOCKER_CONFIG, where);
  assert.deepEqual(Object.keys(data), [".dockerconfigjson"], where);
  const config = JSON.parse(decodeBase64(data[".dockerconfigjson"]!));
  const held = config.auths?.[REGISTRY]?.password === values.old ? "old" : "new";
  assert.deepEqual(config, dockerConfig(values[held]), where);
  return held;
}

/** Labels and annotations of others are kept, and rolled-back secrets are as before. */
function assertNeighbours({ metadata }: ApiSecret, held: Held, before: Held): void {
  const { labels = {}, annotations = {}, namespace } = metadata;
  if (held === "old") {
    assert.deepEqual({ labels, annotations }, FOREIGN, namespace);
    return;
  }
  assert.ok(annotations[REQUEST], `no request annotation in ${namespace}`);
  assert.ok(labels["app.kubernetes.io/managed-by"], `no label of the program in ${namespace}`);
  if (before === "nothing") return;
  assert.equal(labels.team, FOREIGN.labels.team, namespace);
  assert.equal(annotations.note, FOREIGN.annotations.note, namespace);
}
