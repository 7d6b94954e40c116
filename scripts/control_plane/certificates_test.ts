import { equal, ok } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { makeAuthority } from "./certificates.ts";

Deno.test("a certificate has its subject, hosts, validity and issuer", () => {
  const authority = makeAuthority("one of ours");
  const hosts = ["127.0.0.1", "kube.test.invalid"];
  const made = authority.issue({ commonName: "server", for: "server", hosts });
  const ca = new X509Certificate(authority.certificate);
  const certificate = new X509Certificate(made.certificate);
  equal(certificate.subject, "CN=server");
  equal(certificate.issuer, "CN=one of ours");
  equal(certificate.subjectAltName, "IP Address:127.0.0.1, DNS:kube.test.invalid");
  ok(new Date(certificate.validFrom) < new Date() && new Date() < new Date(certificate.validTo));
  ok(ca.ca && !certificate.ca);
  ok(certificate.verify(ca.publicKey));
  ok(!certificate.verify(new X509Certificate(makeAuthority("one of ours").certificate).publicKey));
});

Deno.test("a client certificate has its group, and the requested validity in the past", () => {
  const { certificate } = makeAuthority("ca").issue({
    commonName: "somebody",
    organization: "some group",
    for: "client",
    keyType: "RSA",
    notBefore: new Date("2001-02-03T04:05:06.789Z"),
    notAfter: new Date("2002-02-03T04:05:06Z"),
  });
  const { subject, publicKey, validFrom, validTo } = new X509Certificate(certificate);
  equal(subject, "O=some group\nCN=somebody");
  equal(publicKey.asymmetricKeyType, "rsa");
  equal(new Date(validFrom).toISOString(), "2001-02-03T04:05:06.000Z");
  equal(new Date(validTo).toISOString(), "2002-02-03T04:05:06.000Z");
});
