import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "../../../tests/support/arbitrary.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { dockerConfigJson, dockerSecrets } from "./docker.ts";
import { DOCKER_CONFIG_TYPE } from "./pull_secret.ts";
import { hostOfRegistry, registryHost, registryKeys, registryPlace } from "./registry.ts";

const LABELS = { "a/type": "docker-creds", "b/type": "docker-creds" };

const HOSTS: [given: string, host: string | undefined][] = [
  ["ghcr.io", "ghcr.io"],
  ["GHCR.IO", "ghcr.io"],
  [" ghcr.io\n", "ghcr.io"],
  ["https://ghcr.io", "ghcr.io"],
  ["http://ghcr.io/", "ghcr.io"],
  ["https://ghcr.io/v2/", "ghcr.io"],
  ["https://ghcr.io/v2", "ghcr.io"],
  ["https://index.docker.io/v1/", "index.docker.io"],
  ["registry.example.com:5000", "registry.example.com:5000"],
  ["localhost:5000", "localhost:5000"],
  ["127.0.0.1:5000", "127.0.0.1:5000"],
  ["[::1]:5000", "[::1]:5000"],
  ["[fd00::1]", "[fd00::1]"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"],
  ["", undefined],
  [" ", undefined],
  ["oci://ghcr.io", undefined],
  ["ghcr.io/org", undefined],
  ["ghcr.io/v3", undefined],
  ["user:pass@ghcr.io", undefined],
  ["ghcr.io:", undefined],
  ["ghcr.io:port", undefined],
  ["ghcr.io:123456", undefined],
  ["ghcr.io:65536", undefined],
  ["gh cr.io", undefined],
  ["ghcr..io", undefined],
  [".ghcr.io", undefined],
  ["-ghcr.io", undefined],
  ["ghcr_io", undefined],
  ["ghcr.io\0", undefined],
  ["*.ghcr.io", undefined],
  ["::1", undefined],
  ["__proto__", undefined],
  ["x".repeat(64), undefined],
  [`${"x.".repeat(127)}x`, undefined],
];

for (const [given, host] of HOSTS) {
  const shown = JSON.stringify(given).slice(0, 60);
  Deno.test(`the registry ${shown} is ${host ? `the host ${host}` : "rejected"}`, () => {
    assert.equal(registryHost(given), host);
  });
}

Deno.test("any text is rejected as a registry, or gives a host that parses to itself", () => {
  const text = fc.oneof(fc.string(), anyText(), webUrl(), fc.domain());
  fc.assert(fc.property(text, (given) => {
    const host = registryHost(given);
    if (host === undefined) return;
    assert.match(host, /^[a-z0-9.:[\]-]+$/);
    assert.equal(registryHost(host), host);
    assert.equal(registryHost(`https://${host}/v2/`), host);
  }));
});

Deno.test("any text is rejected as a registry, or gives a host or path that parses to itself", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.tuple(fc.domain(), fc.array(fc.stringMatching(/^[a-zA-Z0-9._/-]{0,9}$/))).map(
      ([domain, parts]) => [domain, ...parts].join("/"),
    ),
  );
  fc.assert(fc.property(text, (given) => {
    const place = registryPlace(given);
    if (place === undefined) return;
    assert.match(place, /^[a-z0-9.:[\]-]+(\/[a-z0-9._-]+)*\/?$/);
    assert.equal(registryPlace(place), place);
    assert.equal(registryPlace(`https://${place}`), place);
    assert.equal(registryHost(hostOfRegistry(place)), hostOfRegistry(place));
    // No two registries share a key.
    for (const key of registryKeys(place)) {
      assert.ok(registryKeys(registryPlace(key)!).includes(key));
    }
  }));
});

Deno.test("every domain is a registry", () => {
  fc.assert(fc.property(fc.domain(), fc.integer({ min: 1, max: 65535 }), (domain, port) => {
    assert.equal(registryHost(domain), domain.toLowerCase());
    assert.equal(registryHost(`${domain}:${port}`), `${domain.toLowerCase()}:${port}`);
  }));
});

const wellFormed = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed());

Deno.test("a Docker configuration has the same user name and password in all three fields", () => {
  fc.assert(fc.property(wellFormed, wellFormed, (username, password) => {
    const text = dockerConfigJson([{ registry: "ghcr.io", username, password: seal(password) }]);
    const { auths } = JSON.parse(text.reveal());
    assert.deepEqual(Object.keys(auths), ["ghcr.io"]);
    assert.deepEqual(Object.keys(auths["ghcr.io"]), ["username", "password", "auth"]);
    const { auth, ...login } = auths["ghcr.io"];
    assert.deepEqual(login, { username, password });
    const decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.fromBase64(auth));
    assert.equal(decoded, `${username}:${password}`);
  }));
});

for (const registry of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
  Deno.test(`${registry} has the keys of kubelet and of Image Updater`, () => {
    const text = dockerConfigJson([{ registry, username: "u", password: seal("p") }]).reveal();
    const { auths } = JSON.parse(text);
    assert.deepEqual(Object.keys(auths), [
      "https://index.docker.io/v1/",
      "https://registry-1.docker.io",
    ]);
    assert.deepEqual(...(Object.values(auths) as [unknown, unknown]));
  });
}

const secrets = (gitWriteBack: boolean) =>
  dockerSecrets({
    name: "pull",
    namespaces: ["a", "b"],
    argocdNamespace: "argocd",
    credentials: [{ registry: "ghcr.io", username: "u", password: seal("p") }],
    merge: false,
    gitWriteBack,
    labels: LABELS,
  });

Deno.test("each namespace gets one secret, Argo CD's last, and NAME-iu only on request", () => {
  const shown = (gitWriteBack: boolean) =>
    secrets(gitWriteBack).map(({ namespace, name, type }) => [namespace, name, type]);
  const pulls = ["a", "b", "argocd"].map((namespace) => [namespace, "pull", DOCKER_CONFIG_TYPE]);
  assert.deepEqual(shown(false), pulls);
  assert.deepEqual(shown(true), [...pulls, ["argocd", "pull-iu", "Opaque"]]);
  assert.ok(secrets(true).every(({ labels }) => labels === LABELS));
  assert.deepEqual(secrets(true).at(-1)!.data.reveal(), {
    username: btoa("u"),
    password: btoa("p"),
  });
});

const stored = (type: string, labels: Record<string, string>): StoredSecret => ({
  namespace: "a",
  name: "pull",
  type,
  labels,
  annotations: {},
  data: seal({ old: "eA==" }),
  uid: "1",
  resourceVersion: "1",
  creationTimestamp: "",
});

const RECOGNISED: [what: string, type: string, labels: Record<string, string>, is: boolean][] = [
  ["of the type without labels", DOCKER_CONFIG_TYPE, {}, true],
  ["of another type with all labels", "Opaque", LABELS, true],
  ["of another type with one of the labels", "Opaque", { "b/type": "docker-creds" }, true],
  ["of another type with a label of another value", "Opaque", { "b/type": "x" }, false],
  ["of another type without labels", "Opaque", {}, false],
  ["of the older type", "kubernetes.io/dockercfg", {}, true],
];

for (const [what, type, labels, is] of RECOGNISED) {
  Deno.test(`a secret ${what} is ${is ? "" : "not "}recognized as ours`, () => {
    assert.equal(secrets(false)[0]!.recognises(stored(type, labels)), is);
  });
}

Deno.test("a docker secret replaces all data of the old one", () => {
  const [secret] = secrets(false);
  const data = secret!.merge(stored(DOCKER_CONFIG_TYPE, {})).reveal();
  assert.deepEqual(data, secret!.data.reveal());
});

Deno.test("a printed docker secret shows no password", () => {
  const [secret] = secrets(true);
  assert.deepEqual(JSON.parse(JSON.stringify(secret)).data, "[sealed]");
});
