import assert from "node:assert/strict";
import fc from "fast-check";
import { webUrl } from "../../../tests/support/arbitrary.ts";
import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { dockerConfigJson, dockerSecrets } from "./docker.ts";
import type { DockerCredential } from "./docker_logins.ts";
import type { DesiredSecret } from "./desired_secret.ts";

const LABELS = { "a/type": "docker-creds" };

function wanted(merge: boolean, registries: readonly string[] = ["ghcr.io"]): DesiredSecret {
  const credentials = registries.map((registry): DockerCredential => ({
    registry,
    username: "user",
    password: seal("new"),
  }));
  const [secret] = dockerSecrets({
    name: "pull",
    namespaces: ["a"],
    argocdNamespace: "argocd",
    credentials,
    merge,
    gitWriteBack: false,
    labels: LABELS,
  });
  return secret!;
}

function stored(data: Record<string, string>): StoredSecret {
  return {
    namespace: "a",
    name: "pull",
    type: "kubernetes.io/dockerconfigjson",
    labels: LABELS,
    annotations: {},
    data: seal(data),
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
  };
}

const holding = (config: string) => stored({ ".dockerconfigjson": encodeBase64Text(config) });

const configIn = (data: Record<string, string>) => decodeBase64Text(data[".dockerconfigjson"]!);

const merged = (config: string, registries?: readonly string[]) =>
  configIn(wanted(true, registries).merge(holding(config)).reveal());

const NEW = { username: "user", password: "new", auth: btoa("user:new") };

Deno.test("merging keeps other registries and all other fields to the letter", () => {
  // Numbers and spaces that no program writes like this.
  const quay = `{ "auth" : "dTpw" , "email":"e" , "n": 1.00 }`;
  const config = `{"credHelpers": {"x": "y"}, "auths": {"quay.io": ${quay}}, "HttpHeaders": {}}`;
  const now = merged(config);
  assert.ok(now.includes(`"quay.io":${quay}`), now);
  assert.deepEqual(JSON.parse(now), {
    credHelpers: { x: "y" },
    auths: { "quay.io": { auth: "dTpw", email: "e", n: 1 }, "ghcr.io": NEW },
    HttpHeaders: {},
  });
});

Deno.test("merging replaces the entry of the same registry in any spelling", () => {
  for (const key of ["ghcr.io", "https://ghcr.io", "https://ghcr.io/v2/", "GHCR.io"]) {
    const now = JSON.parse(merged(JSON.stringify({ auths: { [key]: { auth: "b2xk" } } })));
    assert.deepEqual(now, { auths: { "ghcr.io": NEW } }, key);
  }
});

Deno.test("merging several registries adds each of them", () => {
  const config = JSON.stringify({ auths: { "quay.io": { auth: "cXVheQ==" } } });
  const { auths } = JSON.parse(merged(config, ["ghcr.io", "docker.io"]));
  assert.deepEqual(auths, {
    "quay.io": { auth: "cXVheQ==" },
    "ghcr.io": NEW,
    "https://index.docker.io/v1/": NEW,
    "https://registry-1.docker.io": NEW,
  });
});

Deno.test("a secret without a configuration gets one, and keeps its other keys", () => {
  const data = wanted(true).merge(stored({ other: "eA==" })).reveal();
  assert.equal(data.other, "eA==");
  assert.deepEqual(JSON.parse(configIn(data)), { auths: { "ghcr.io": NEW } });
});

Deno.test("merging an entry that is already there changes nothing, not even a space", () => {
  const config = `{ "auths" : {"quay.io": {}, "ghcr.io" : ${JSON.stringify(NEW)} } }`;
  assert.equal(merged(config), config);
});

const dockercfg = (config: string, more: Record<string, string> = {}): StoredSecret => ({
  ...stored({ ".dockercfg": encodeBase64Text(config), ...more }),
  type: "kubernetes.io/dockercfg",
});

Deno.test("merging converts a secret of the older type to the newer one", () => {
  const current = dockercfg(`{"registry.example.com": {"auth": "bzpw"}}`, { other: "eA==" });
  assert.equal(wanted(true).unmergeable!(current), undefined);
  const data = wanted(true).merge(current).reveal();
  assert.deepEqual(Object.keys(data).sort(), [".dockerconfigjson", "other"]);
  assert.equal(
    configIn(data),
    `{"auths":{"registry.example.com":{"auth": "bzpw"},"ghcr.io":${JSON.stringify(NEW)}}}`,
  );
});

Deno.test("merging a secret with both keys loses no login", () => {
  const newer = encodeBase64Text(`{"auths": {"quay.io": {"n": 1}, "a.example": {"n": 2}}}`);
  const current = dockercfg(`{"a.example": {"n": 3}}`, { ".dockerconfigjson": newer });
  const merged = (secret: StoredSecret) => wanted(true).merge(secret).reveal();
  assert.deepEqual(JSON.parse(configIn(merged(current))).auths, {
    "quay.io": { n: 1 },
    "a.example": { n: 3 },
    "ghcr.io": NEW,
  });
  // Kubelet does not read the older key of a secret of the newer type.
  const kept = merged({ ...current, type: "kubernetes.io/dockerconfigjson" });
  assert.equal(kept[".dockercfg"], current.data.reveal()[".dockercfg"]);
  assert.deepEqual(JSON.parse(configIn(kept)).auths["a.example"], { n: 2 });
});

Deno.test("without merge, nothing of the older type is kept", () => {
  const data = wanted(false).merge(dockercfg(`{"quay.io": {}}`)).reveal();
  assert.deepEqual(Object.keys(data), [".dockerconfigjson"]);
  assert.deepEqual(JSON.parse(configIn(data)), { auths: { "ghcr.io": NEW } });
});

const OLDER_UNMERGEABLE: [what: string, config: string, why: RegExp][] = [
  ["invalid JSON", "{", /JSON object/],
  ["the newer form", `{"auths": {"quay.io": {}}}`, /registries at the top/],
];

for (const [what, config, why] of OLDER_UNMERGEABLE) {
  Deno.test(`${what} under the older key cannot be merged, with the reason`, () => {
    assert.match(wanted(true).unmergeable!(dockercfg(config)) ?? "", why);
  });
}

Deno.test("a configuration of the older type that is not UTF-8 cannot be merged either", () => {
  const secret = { ...dockercfg("{}"), data: seal({ ".dockercfg": btoa("{\xff}") }) };
  assert.match(wanted(true).unmergeable!(secret) ?? "", /UTF-8/);
});

Deno.test("without merge, the whole configuration is replaced", () => {
  const data = wanted(false).merge(holding(`{"auths": {"quay.io": {}}}`)).reveal();
  assert.deepEqual(JSON.parse(configIn(data)), { auths: { "ghcr.io": NEW } });
  assert.equal(wanted(false).unmergeable!(holding("no JSON")), undefined);
});

const UNMERGEABLE: [what: string, config: string, why: RegExp][] = [
  ["invalid JSON", "{", /JSON object/],
  ["an array", "[]", /JSON object/],
  ["an empty text", "", /JSON object/],
  ["an array in place of auths", `{"auths": []}`, /object in its field 'auths'/],
  ["auths in two spellings", `{"auths": {}, "Auths": {}}`, /one field 'auths'/],
];

for (const [what, config, why] of UNMERGEABLE) {
  Deno.test(`${what} cannot be merged, with the reason`, () => {
    assert.match(wanted(true).unmergeable!(holding(config)) ?? "", why);
  });
}

Deno.test("a configuration that is not UTF-8 cannot be merged, since it would be changed", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode(`{"auths": {"a": {"auth": "`), 0xff]);
  const closed = new Uint8Array([...bytes, ...new TextEncoder().encode(`"}}}`)]);
  const secret = stored({ ".dockerconfigjson": closed.toBase64() });
  assert.match(wanted(true).unmergeable!(secret) ?? "", /UTF-8/);
});

Deno.test("merging keeps all other registries, whatever their names and entries", () => {
  const key = fc.oneof(
    fc.domain(),
    webUrl(),
    fc.constantFrom("__proto__", "toString", "a b", ""),
  )
    .filter((text) => !/ghcr\.io/i.test(text));
  const entry = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { maxKeys: 3 });
  fc.assert(fc.property(fc.array(fc.tuple(key, entry)), (entries) => {
    const auths = `{${
      entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()
    }}`;
    const before = Object.entries(JSON.parse(auths));
    const secret = holding(`{"auths":${auths}}`);
    assert.equal(wanted(true).unmergeable!(secret), undefined);
    const now = Object.entries(JSON.parse(configIn(wanted(true).merge(secret).reveal())).auths);
    assert.deepEqual(new Map(now), new Map([...before, ["ghcr.io", NEW]]));
  }));
});

Deno.test("a configuration of several registries has an entry for each", () => {
  const credentials = ["ghcr.io", "quay.io"].map((registry, i) => ({
    registry,
    username: `user${i}`,
    password: seal(`pass${i}`),
  }));
  const { auths } = JSON.parse(dockerConfigJson(credentials).reveal());
  assert.deepEqual(auths, {
    "ghcr.io": { username: "user0", password: "pass0", auth: btoa("user0:pass0") },
    "quay.io": { username: "user1", password: "pass1", auth: btoa("user1:pass1") },
  });
});

Deno.test("the Git write-back secret has the first of several credentials", () => {
  const secrets = dockerSecrets({
    name: "pull",
    namespaces: [],
    argocdNamespace: "argocd",
    credentials: ["a", "b"].map((name) => ({
      registry: `${name}.example`,
      username: name,
      password: seal(name),
    })),
    merge: false,
    gitWriteBack: true,
    labels: LABELS,
  });
  const data = secrets.at(-1)!.data.reveal();
  assert.deepEqual(data, { username: btoa("a"), password: btoa("a") });
});
