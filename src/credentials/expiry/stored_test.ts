import assert from "node:assert/strict";
import { makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Url } from "../../text/bytes.ts";
import { dockerConfigJson } from "../kinds/docker.ts";
import { EXPIRES_ANNOTATION } from "../kinds/expires_annotation.ts";
import { encoded, SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { valuesIn } from "../values.ts";
import { expiryIn, expiryOf } from "./stored.ts";

const DECLARED = "2030-01-01T00:00:00.000Z";
const END = "2029-02-03T04:05:06.000Z";
const JWT = `${encodeBase64Url('{"alg":"RS256"}')}.${
  encodeBase64Url(JSON.stringify({ exp: Date.parse(END) / 1000 }))
}.c2ln`;

const repository = (
  texts: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
  secretType = "repository",
) => ({
  type: "Opaque",
  labels: { [SECRET_TYPE_LABEL]: secretType },
  annotations,
  data: seal(encoded({ url: "https://git.example.com/a.git", ...texts })),
});

Deno.test("the best source of an expiry wins: issuer, value, declared", () => {
  const secret = repository({ bearerToken: JWT }, { [EXPIRES_ANNOTATION]: DECLARED });
  const [value] = valuesIn(secret);
  const issuer = "2031-01-01T00:00:00.000Z";
  assert.deepEqual(expiryOf(secret, value!, issuer), { at: issuer, source: "issuer" });
  assert.deepEqual(expiryOf(secret, value!), { at: END, source: "value" });
  const plain = repository({ password: "x" }, { [EXPIRES_ANNOTATION]: DECLARED });
  assert.deepEqual(expiryOf(plain, valuesIn(plain)[0]!), { at: DECLARED, source: "declared" });
  const silent = repository({ password: "x" }, { [EXPIRES_ANNOTATION]: "next week" });
  assert.equal(expiryOf(silent, valuesIn(silent)[0]!), undefined);
});

Deno.test("a client certificate's expiry is that of its key, in a repository and in a template", () => {
  const { certificate, key } = makeAuthority("some authority")
    .issue({ commonName: "a", organization: "b", for: "client", notAfter: new Date(END) });
  for (const type of ["repository", "repo-creds"]) {
    const texts = { tlsClientCertData: certificate, tlsClientCertKey: key, password: "x" };
    const secret = repository(texts, { [EXPIRES_ANNOTATION]: DECLARED }, type);
    assert.deepEqual(expiryIn(secret), { at: END, source: "value" }, type);
    const of = (key: string) =>
      expiryOf(secret, valuesIn(secret).find((value) => value.key === key)!);
    assert.deepEqual(of("tlsClientCertKey"), { at: END, source: "value" }, type);
    // An issuer's response about the password applies to each value that was sent with it.
    const says = () => "2031-01-01T00:00:00.000Z";
    assert.deepEqual(expiryIn(secret, says), { at: END, source: "value" }, type);
    assert.deepEqual(of("password"), { at: DECLARED, source: "declared" }, type);
  }
});

Deno.test("the expiry of a pull secret is that of its first login to expire", () => {
  const logins = [{ registry: "a.azurecr.io", password: JWT }, {
    registry: "ghcr.io",
    password: "y",
  }];
  const config = dockerConfigJson(
    logins.map(({ registry, password }) => ({ registry, username: "x", password: seal(password) })),
  );
  const secret = {
    type: "kubernetes.io/dockerconfigjson",
    labels: {},
    annotations: {},
    data: seal(encoded({ ".dockerconfigjson": config.reveal() })),
  };
  assert.deepEqual(expiryIn(secret), { at: END, source: "value" });
  const soon = "2027-01-01T00:00:00.000Z";
  const says = ({ registry }: { registry?: string }) => registry === "ghcr.io" ? soon : undefined;
  assert.deepEqual(expiryIn(secret, says), { at: soon, source: "issuer" });
});

Deno.test("a secret without a known credential has its declared expiry", () => {
  const annotations = { [EXPIRES_ANNOTATION]: "2030-01-01" };
  assert.deepEqual(expiryIn(repository({}, annotations)), { at: DECLARED, source: "declared" });
  assert.equal(expiryIn(repository({})), undefined);
});
