import assert from "node:assert/strict";
import fc from "fast-check";
import { makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { encodeBase64Text, encodeBase64Url } from "../../text/bytes.ts";
import { endIn, endOfCertificates } from "./in_value.ts";

const END = "2031-02-03T04:05:06.000Z";
const SECONDS = Date.parse(END) / 1000;

const jwt = (claims: object) =>
  [{ alg: "RS256", typ: "JWT" }, claims].map((part) => encodeBase64Url(JSON.stringify(part)))
    .join(".") + ".c2lnbmF0dXJl";
const ecr = (token: object) => encodeBase64Text(JSON.stringify(token));
const ECR = { payload: "bm90IGEgdG9rZW4=", datakey: "a2V5", version: "2", type: "DATA_KEY" };

const VALUES: [what: string, text: string, expiry: ReturnType<typeof endIn>][] = [
  ["a JWT", jwt({ sub: "x", exp: SECONDS }), { at: END, source: "value" }],
  ["a JWT with a line break", `${jwt({ exp: SECONDS })}\n`, { at: END, source: "value" }],
  ["a JWT that never expires", jwt({ sub: "x" }), undefined],
  ["a JWT whose expiry is a text", jwt({ exp: "soon" }), undefined],
  ["a JWT whose expiry is not a time", jwt({ exp: 1e300 }), undefined],
  ["a password of ECR", ecr({ ...ECR, expiration: SECONDS }), { at: END, source: "hint" }],
  ["a password of ECR without an expiry", ecr(ECR), undefined],
  ["a password of ECR whose expiry is not a time", ecr({ ...ECR, expiration: 1e300 }), undefined],
  ["other JSON in base64", ecr({ expiration: SECONDS }), undefined],
  ["a plain password", "correct horse battery staple", undefined],
  ["a password with dots", "a.b.c", undefined],
  ["an empty value", "", undefined],
];

for (const [what, text, expiry] of VALUES) {
  Deno.test(`${what} has ${expiry ? "an" : "no"} expiry`, () => {
    assert.deepEqual(endIn(text), expiry);
  });
}

Deno.test("any value is read without an error", () => {
  const beginning = fc.constantFrom("", "eyJ", "ssh-rsa-cert-v01@openssh.com ", "-----BEGIN ");
  fc.assert(fc.property(beginning, fc.string(), (start, rest) => {
    const expiry = endIn(start + rest);
    assert.ok(expiry === undefined || !Number.isNaN(Date.parse(expiry.at)));
    assert.equal(endOfCertificates(start + rest), undefined);
  }));
});

Deno.test("the first certificate of a chain to expire counts, but not the self-signed root", () => {
  const authority = makeAuthority("some authority");
  const issue = (notAfter: string) =>
    authority.issue({
      commonName: "argocd",
      organization: "team",
      for: "client",
      notAfter: new Date(notAfter),
    }).certificate;
  const [leaf, above] = [issue(END), issue("2030-01-01T00:00:00Z")];
  assert.equal(endOfCertificates(leaf), END);
  assert.equal(endOfCertificates(leaf + above), "2030-01-01T00:00:00.000Z");
  assert.equal(endOfCertificates(above + leaf), "2030-01-01T00:00:00.000Z");
  assert.equal(endOfCertificates(leaf + authority.certificate), END);
  assert.equal(endOfCertificates(issue("9999-12-31T23:59:59Z")), undefined, "without an end");
  assert.equal(endOfCertificates("no certificate"), undefined);
});

/** A key of OpenSSH with a certificate that ssh-keygen made, in a folder of its own. */
async function sshCertificate(kind: string, validity: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const run = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("ssh-keygen", {
      args,
      cwd: folder,
      env: { TZ: "UTC" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  try {
    await run("-q", "-t", "ed25519", "-N", "", "-f", "authority");
    await run("-q", "-t", kind, "-N", "", "-f", "key");
    await run("-q", "-s", "authority", "-I", "deploy", "-n", "git", "-V", validity, "key.pub");
    const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
    return await read("key") + await read("key-cert.pub");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const kind of ["ed25519", "ecdsa", "rsa"]) {
  Deno.test(`the expiry of an SSH certificate for an ${kind} key is found`, async () => {
    const text = await sshCertificate(kind, "20200101000000:20310203040506");
    assert.deepEqual(endIn(text), { at: END, source: "value" });
  });
}

Deno.test("an SSH certificate that is valid forever has no expiry", async () => {
  assert.equal(endIn(await sshCertificate("ed25519", "always:forever")), undefined);
});
