import assert from "node:assert/strict";
import { type ApiSecret, uniqueName } from "../support/api_objects.ts";
import { encodeBase64 } from "../support/base64.ts";
import { trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Names that another application already uses. */

/** Secrets of other applications, by kind; each contains the canary. */
const FOREIGN: readonly ((value: string) => Partial<ApiSecret> & { labels?: object })[] = [
  // Argo CD's own secret: without it everyone is logged out.
  (value) => ({
    labels: { "app.kubernetes.io/name": "argocd-secret", "app.kubernetes.io/part-of": "argocd" },
    data: { "admin.password": value, "server.secretkey": value },
  }),
  (value) => ({ type: "kubernetes.io/tls", data: { "tls.crt": value, "tls.key": value } }),
  (value) => ({ type: "helm.sh/release.v1", labels: { owner: "helm" }, data: { release: value } }),
  (value) => ({
    labels: { "argocd.argoproj.io/secret-type": "cluster" },
    data: { config: value, server: encodeBase64("https://example.com") },
  }),
  (value) => ({ data: { anything: value } }),
];

interface Held {
  readonly namespace: string;
  readonly name: string;
  readonly before: ApiSecret;
}

async function putForeign(world: World, namespace: string): Promise<Held[]> {
  const value = encodeBase64(world.watch.secret());
  return await Promise.all(FOREIGN.map(async (make, i) => {
    const { labels, ...secret } = make(value);
    const name = i === 0 ? "argocd-secret" : uniqueName("foreign");
    const metadata = { namespace, name, labels: labels as Record<string, string> };
    return { namespace, name, before: await world.put({ metadata, ...secret }) };
  }));
}

const WHY =
  /already exists and is not a (?:pull secret|credential of this kind) .*Choose another name, or send "force": true/;

trustTest(
  "argocd-secret or another application's secret, with upsert: 409, and the secret is unchanged",
  async (world) => {
    const running = await world.start();
    const namespace = await world.namespace();
    const held = await putForeign(world, world.argocd);
    const elsewhere = await putForeign(world, namespace);
    for (const upsert of [true, false]) {
      for (const { name } of held) {
        const repository_url = `https://${uniqueName("h")}.example.com/x`;
        const answers = [
          await running.addDocker({ name, namespaces: await world.namespace(), upsert }),
          await running.addHelmRepo({ name, repository_url, upsert }),
        ];
        for (const { status, text, body } of answers) {
          assert.equal(status, 409, `${name}: ${text}`);
          assert.match(body.message, WHY);
        }
      }
      for (const { name } of elsewhere) {
        const { status, body } = await running.addDocker({ name, namespaces: namespace, upsert });
        assert.equal(status, 409);
        assert.match(body.message, WHY);
      }
    }
    for (const { namespace, name, before } of [...held, ...elsewhere]) {
      assert.deepEqual(await world.find(namespace, name), before, `${namespace}/${name}`);
    }
    const { body } = await world.request("GET", `/api/v1/namespaces/${world.argocd}/secrets`);
    assert.equal(body.items.length, held.length, "nothing else was written");
  },
);
