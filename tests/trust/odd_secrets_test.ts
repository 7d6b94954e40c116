import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { encodeBase64 } from "../support/base64.ts";
import { trustTests } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Secrets for which a go-template might fail, after which kubectl would print all of them. */

const DOCKER = { "mcops.tech/secret-type": "docker-creds" };
const ofArgocd = (type: string) => ({ "argocd.argoproj.io/secret-type": type });
const ODD_TYPE = 'example.com/two\nlines "and" {{.data}}';

trustTest(
  "a labelled secret without data, or with a line break in its type: listed, and no raw object is shown",
  async (world) => {
    const running = await world.start();
    const namespace = await world.namespace();
    const value = encodeBase64(world.password);
    const put = async (where: string, labels: Record<string, string>, more: object) => {
      const name = uniqueName("odd");
      const note = { "tests.invalid/note": world.password };
      await world.put({ metadata: { namespace: where, name, labels, annotations: note }, ...more });
      return name;
    };
    const url = encodeBase64("https://example.com/x");
    const [withoutData, emptyData, odd, usual] = await Promise.all([
      put(namespace, DOCKER, {}),
      put(namespace, DOCKER, { data: {} }),
      put(namespace, DOCKER, { type: ODD_TYPE, data: { password: value } }),
      put(namespace, DOCKER, { data: { password: value } }),
    ]);
    const repositories = await Promise.all([
      put(world.argocd, ofArgocd("repository"), {}),
      put(world.argocd, ofArgocd("repository"), { data: { url, password: value } }),
      put(world.argocd, ofArgocd("repository"), { type: ODD_TYPE, data: { password: value } }),
      put(world.argocd, ofArgocd("repository"), { data: { url: encodeBase64("a\nb\0{{.}}") } }),
    ]);
    const template = await put(world.argocd, ofArgocd("repo-creds"), {});

    const { status, body } = await running.ask("GET", "/secrets?cluster=c");
    assert.deepEqual([status, body.status], [200, "success"]);
    const namesIn = (list: { name: string; namespace: string }[], where: string) =>
      list.filter((each) => each.namespace === where).map(({ name }) => name).sort();
    const docker = namesIn(body.docker_creds_secrets, namespace);
    assert.deepEqual(docker, [withoutData, emptyData, odd, usual].sort());
    assert.deepEqual(namesIn(body.repository_secrets, world.argocd), repositories.sort());
    assert.deepEqual(namesIn(body.repo_creds_secrets, world.argocd), [template]);
    const types = body.docker_creds_secrets.filter(({ name }: { name: string }) => name === odd);
    assert.deepEqual(types.map(({ type }: { type: string }) => type), [ODD_TYPE]);
    for (
      const { text } of [await running.ask("GET", "/clusters"), { text: JSON.stringify(body) }]
    ) {
      assert.ok(!/"data"|"annotations"|managedFields|resourceVersion/.test(text), text);
    }
    // They are overwritten too, for which they are read completely.
    for (const name of [withoutData, usual]) {
      const answer = await running.addDocker({ name, namespaces: namespace, upsert: true });
      assert.ok([200, 409].includes(answer.status), answer.text);
    }
  },
);
