import assert from "node:assert/strict";
import { KubeError } from "../../kube/errors.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { emptyCluster } from "../fake/clusters.ts";
import { LABELS } from "../fake/desired.ts";
import { auth, OLD, old, plainFingerprint } from "../fake/rotation.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/desired_secret.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { findPlaces } from "./find.ts";
import type { Sought } from "./sought.ts";

type Texts = Readonly<Record<string, string>>;

function put(
  it: FakeCluster,
  namespace: string,
  name: string,
  texts: Texts,
  more: Partial<StoredSecret> = {},
): void {
  const data = Object.entries(texts).map(([key, text]) => [key, encodeBase64Text(text)]);
  it.put({ namespace, name, ...more }, Object.fromEntries(data));
}

const config = (password: string) =>
  JSON.stringify({ auths: { "ghcr.io": { auth: auth("robot", password) } } });

function cluster(): FakeCluster {
  const it = emptyCluster();
  const pull = { type: DOCKER_CONFIG_TYPE };
  put(it, "a", "labelled", { ".dockerconfigjson": config(OLD) }, {
    ...pull,
    labels: { ...LABELS, [MANAGED_BY_LABEL]: MANAGED_BY },
  });
  put(it, "b", "other", { ".dockerconfigjson": config(OLD) }, pull);
  put(it, "c", "older", { ".dockercfg": JSON.stringify({ "ghcr.io": { password: OLD } }) }, {
    type: DOCKERCFG_TYPE,
  });
  put(it, "d", "opaque", { password: OLD });
  const argocd = (
    name: string,
    secretType: string,
    texts: Texts,
    more: Partial<StoredSecret> = {},
  ) => put(it, "argocd", name, texts, { ...more, labels: { [SECRET_TYPE_LABEL]: secretType } });
  argocd("repo", "repository", {
    url: `https://git.example.com/${OLD}/x`,
    username: "u",
    password: OLD,
  }, {
    annotations: { [WRITE_ANNOTATION]: "w1" },
  });
  argocd("template", "repo-creds", {
    url: "https://git.example.com",
    username: OLD,
    password: "x",
  });
  argocd("write", "repository-write", { url: "https://git.example.com", password: `${OLD}\n` });
  argocd("write-template", "repo-write-creds", { url: "https://h", bearerToken: OLD });
  argocd("scm", "scm-creds", { token: OLD });
  argocd("helm", "helm-repo-creds", { url: "https://h", password: OLD }, {
    ownerReferences: [{ kind: "ExternalSecret", name: "x" }],
  });
  argocd("cluster", "cluster", {
    server: "https://k",
    config: JSON.stringify({ bearerToken: OLD, tlsClientConfig: { insecure: false } }),
  });
  argocd("new", "a-new-type", { token: OLD });
  return it;
}

const settings = { argocdNamespace: "argocd", dockerNamespaces: ["a"], dockerLabels: LABELS };

async function found(it: FakeCluster, everywhere: boolean, sought: Sought = old()) {
  const deps = { store: it.store(), settings, seconds: 20, fingerprint: plainFingerprint };
  return await findPlaces([sought], deps, { everywhere });
}

Deno.test("a value is found in Argo CD's secrets and in pull secrets, with its displayed details", async () => {
  const { places, isWhole, refused, warnings } = await found(cluster(), false);
  const argocd = { namespace: "argocd", managed: false, owner: null };
  const url = "https://git.example.com/***/x";
  assert.deepEqual(places, [
    {
      ...{
        namespace: "a",
        name: "labelled",
        place: "ghcr.io",
        key: ".dockerconfigjson",
        kind: "docker",
      },
      ...{ registry: "ghcr.io", username: "robot", managed: true, owner: null },
    },
    { ...argocd, name: "cluster", place: "config", key: "config", kind: "cluster" },
    {
      ...{
        ...argocd,
        name: "helm",
        place: "password",
        key: "password",
        kind: "template",
        url: "https://h",
      },
      owner: "ExternalSecret 'x'",
    },
    { ...argocd, name: "new", place: "token", key: "token", kind: "other" },
    {
      ...{ ...argocd, name: "repo", place: "password", key: "password", kind: "repository" },
      ...{ url, username: "u", managed: true },
    },
    {
      ...{ ...argocd, name: "repo", place: "url", key: "url", kind: "repository" },
      ...{ url, username: "u", managed: true, inside: true },
    },
    { ...argocd, name: "scm", place: "token", key: "token", kind: "scm" },
    {
      ...{ ...argocd, name: "template", place: "username", key: "username", kind: "template" },
      ...{ url: "https://git.example.com", username: "***" },
    },
    {
      ...{ ...argocd, name: "write", place: "password", key: "password", kind: "write_repository" },
      ...{ url: "https://git.example.com", padded: true },
    },
    {
      ...{ ...argocd, name: "write-template", place: "bearerToken", key: "bearerToken" },
      ...{ kind: "write_template", url: "https://h" },
    },
  ]);
  assert.deepEqual([isWhole, refused, warnings], [true, [], []]);
  assert.ok(!JSON.stringify(places).includes(OLD));
});

Deno.test("with everywhere, pull secrets of both types are searched, whatever their labels", async () => {
  const [some, all] = [await found(cluster(), false), await found(cluster(), true)];
  const names = (of: typeof some) => of.places.map(({ name }) => name);
  assert.deepEqual(names(all).filter((name) => !names(some).includes(name)), ["other", "older"]);
});

Deno.test("a fingerprint finds the same places as its value", async () => {
  const by: Sought = { by: "fingerprint", fingerprint: `fingerprint of ${OLD}` };
  const value = await found(cluster(), true);
  const { places } = await found(cluster(), true, by);
  assert.deepEqual(
    places.map(({ name, place }) => [name, place]),
    value.places.map(({ name, place }) => [name, place]),
  );
  assert.equal(places.find(({ name }) => name === "template")!.username, "***");
});

Deno.test("parts that could not be searched are reported", async () => {
  const it = cluster();
  const narrow: typeof it.store = () => {
    const store = it.store();
    return {
      ...store,
      listData: (query, deadline) =>
        query.namespace === undefined
          ? Promise.reject(new KubeError("forbidden", "Cannot list"))
          : store.listData(query, deadline),
    };
  };
  const deps = { store: narrow(), settings, seconds: 20, fingerprint: plainFingerprint };
  const { isWhole, warnings } = await findPlaces([old()], deps, { everywhere: true });
  assert.equal(isWhole, false);
  assert.match(warnings.join(), /only namespace a was searched/);
  const refusing = {
    ...it.store(),
    listData: () => Promise.reject(new KubeError("forbidden", "Cannot list")),
  };
  await assert.rejects(
    findPlaces([old()], { ...deps, store: refusing }, { everywhere: true }),
    { name: "KubeError", kind: "forbidden" },
  );
});
