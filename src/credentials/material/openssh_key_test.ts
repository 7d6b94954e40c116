import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { pem } from "../../../scripts/control_plane/certificates.ts";
import { readOpensshKey } from "./openssh_key.ts";
import { checkSshPrivateKey } from "./ssh_key.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function string(value: string | Uint8Array): Bytes {
  const bytes = typeof value === "string" ? utf8(value) : value;
  return joined(uint32(bytes.length), bytes);
}

interface Layout {
  readonly magic?: string;
  readonly cipher?: string;
  readonly derivation?: string;
  readonly options?: string;
  readonly keys?: number;
  readonly publicKey?: Uint8Array;
  readonly secondCheck?: number;
  readonly type?: string;
  readonly members?: readonly (string | Uint8Array)[];
  readonly comment?: string;
  readonly padding?: readonly number[];
  readonly behind?: Uint8Array;
}

const JWK = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
const decoded = (member: string | undefined) =>
  Uint8Array.fromBase64(String(member), { alphabet: "base64url" });
const X = decoded(JWK.x);
const HALVES = joined(decoded(JWK.d), X);
const PUBLIC = joined(string("ssh-ed25519"), string(X));

/** An Ed25519 key in OpenSSH's format, with the given changes. */
function layOut(layout: Layout = {}): Bytes {
  const { secondCheck = 7, type = "ssh-ed25519", members = [X, HALVES], comment = "c" } = layout;
  const unpadded = joined(
    uint32(7),
    uint32(secondCheck),
    string(type),
    ...members.map(string),
    string(comment),
  );
  const missing = (8 - unpadded.length % 8) % 8;
  const padding = layout.padding ?? Array.from({ length: missing }, (_, index) => index + 1);
  return joined(
    utf8(layout.magic ?? "openssh-key-v1\0"),
    string(layout.cipher ?? "none"),
    string(layout.derivation ?? "none"),
    string(layout.options ?? ""),
    uint32(layout.keys ?? 1),
    string(layout.publicKey ?? PUBLIC),
    string(joined(unpadded, Uint8Array.from(padding))),
    layout.behind ?? new Uint8Array(),
  );
}

const whyNot = (bytes: Uint8Array) => {
  const read = readOpensshKey(bytes);
  return read.ok ? "" : read.why;
};

Deno.test("a key in OpenSSH's format is read, with its comment", () => {
  for (const comment of ["", "me@home", "ü".repeat(300)]) {
    const read = readOpensshKey(layOut({ comment }));
    assert.ok(read.ok);
    assert.equal(read.value.comment, comment);
    assert.equal(read.value.key.export({ format: "jwk" }).d, JWK.d);
  }
});

Deno.test("an empty comment or one with control characters is left out", () => {
  for (const comment of ["", "a\nb", "a\x1b[31m"]) {
    const checked = checkSshPrivateKey(pem("OPENSSH PRIVATE KEY", layOut({ comment })));
    assert.ok(checked.ok);
    assert.equal("comment" in checked.value, false);
  }
});

const other = new Uint8Array(32).fill(9);
const ones = [1, 2, 3, 4, 5, 6, 7, 8];
const UNREADABLE = /^is a private key that cannot be parsed/;

const REFUSED: [what: string, layout: Layout, why: RegExp][] = [
  ["another magic", { magic: "openssh-key-v2\0" }, UNREADABLE],
  ["a cipher", { cipher: "aes256-ctr" }, /^must be a private key without a passphrase/],
  ["a key derivation", { derivation: "bcrypt" }, /^must be a private key without a passphrase/],
  ["options of no key derivation", { options: "x" }, UNREADABLE],
  ["two keys", { keys: 2 }, /^must hold one private key/],
  ["no key", { keys: 0 }, /^must hold one private key/],
  ["check numbers that differ", { secondCheck: 8 }, UNREADABLE],
  ["invalid padding", { padding: [1, 2, 4] }, UNREADABLE],
  ["padding to a partial block", { padding: [1] }, UNREADABLE],
  ["padding of an additional block", { padding: [...ones, 9, 10, 11, 0] }, UNREADABLE],
  ["bytes after its end", { behind: Uint8Array.of(0) }, UNREADABLE],
  ["a comment that ends early", { comment: "a\0b" }, UNREADABLE],
  [
    "another public key outside",
    { publicKey: joined(string("ssh-ed25519"), string(other)) },
    UNREADABLE,
  ],
  ["no public key outside", { publicKey: new Uint8Array() }, UNREADABLE],
  ["another public key inside", { members: [other, HALVES] }, UNREADABLE],
  [
    "another public key throughout",
    {
      publicKey: joined(string("ssh-ed25519"), string(other)),
      members: [other, joined(HALVES.subarray(0, 32), other)],
    },
    UNREADABLE,
  ],
  ["half of an Ed25519 key", { members: [X, HALVES.subarray(0, 32)] }, UNREADABLE],
  ["a DSA key", { type: "ssh-dss" }, /^is a DSA key/],
  ["an Ed25519 security key", { type: "sk-ssh-ed25519@openssh.com" }, /on a hardware security key/],
  [
    "an ECDSA security key",
    { type: "sk-ecdsa-sha2-nistp256@openssh.com" },
    /on a hardware security key/,
  ],
  ["an XMSS key", { type: "ssh-xmss@openssh.com" }, /^must be an RSA, ECDSA or Ed25519 key/],
  ["a certificate's key", { type: "ssh-ed25519-cert-v01@openssh.com" }, /^must be an RSA, ECDSA/],
  ["an unknown curve", { type: "ecdsa-sha2-nistp224" }, /^must be an RSA, ECDSA or Ed25519 key/],
  [
    "a curve other than its type",
    { type: "ecdsa-sha2-nistp256", members: ["nistp384"] },
    UNREADABLE,
  ],
  [
    "a number longer than its curve",
    { type: "ecdsa-sha2-nistp256", members: ["nistp256", new Uint8Array(65).fill(4), other, X] },
    UNREADABLE,
  ],
  [
    "a point that is not on its curve",
    { type: "ecdsa-sha2-nistp256", members: ["nistp256", "", X] },
    UNREADABLE,
  ],
  ["RSA of zeros", { type: "ssh-rsa", members: ["", "", "", "", "", ""] }, UNREADABLE],
];

for (const [what, layout, why] of REFUSED) {
  Deno.test(`an OpenSSH key with ${what} is rejected with the reason`, () => {
    assert.match(whyNot(layOut(layout)), why);
  });
}

/** An RSA key's numbers as OpenSSH has them: n, e, d, the inverse of q, p, q. */
function rsaMembers(change: Partial<Record<"n" | "e" | "d" | "qi" | "p" | "q", number>> = {}) {
  const jwk = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
    format: "jwk",
  });
  return (["n", "e", "d", "qi", "p", "q"] as const).map((name) => {
    const bytes = joined(Uint8Array.of(0), decoded(jwk[name]));
    bytes[bytes.length - 1]! ^= change[name] ?? 0;
    return bytes;
  });
}

Deno.test("an RSA key with inconsistent numbers is rejected, whichever number is wrong", () => {
  for (const name of ["n", "e", "d", "qi", "p", "q"] as const) {
    const members = rsaMembers({ [name]: 2 });
    const [n, e] = members;
    const publicKey = joined(string("ssh-rsa"), string(e!.subarray(1)), string(n!));
    assert.match(whyNot(layOut({ type: "ssh-rsa", members, publicKey })), UNREADABLE, name);
  }
  const members = rsaMembers();
  const publicKey = joined(string("ssh-rsa"), string(members[1]!.subarray(1)), string(members[0]!));
  assert.equal(whyNot(layOut({ type: "ssh-rsa", members, publicKey })), "");
});

Deno.test("an OpenSSH key is rejected wherever it is cut off", () => {
  const whole = layOut();
  for (let length = 0; length < whole.length; length++) {
    assert.notEqual(whyNot(whole.subarray(0, length)), "", `cut after ${length} bytes`);
  }
});

Deno.test("an OpenSSH key with any flipped bit is rejected, or is the same key", () => {
  const whole = layOut();
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
      const flipped = whole.slice();
      flipped[at]! ^= 1 << bit;
      const read = readOpensshKey(flipped);
      assert.ok(!read.ok || read.value.key.export({ format: "jwk" }).d === JWK.d);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("any bytes are rejected as an OpenSSH key with a reason", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.notEqual(whyNot(bytes), "");
    assert.notEqual(whyNot(joined(utf8("openssh-key-v1\0"), bytes)), "");
  }));
});
