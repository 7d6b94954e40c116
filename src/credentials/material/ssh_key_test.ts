import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { anyText } from "../../../tests/support/arbitrary.ts";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import * as der from "../../../scripts/control_plane/der.ts";
import { makeAuthority, pem } from "../../../scripts/control_plane/certificates.ts";
import { checkSshPrivateKey, type ParsedSshKey } from "./ssh_key.ts";

/** Runs ssh-keygen, of Debian's package openssh-client, in a folder. */
async function sshKeygen(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("ssh-keygen", {
    args,
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(success, `ssh-keygen ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface MadeKey {
  /** In OpenSSH's format, without a passphrase. */
  readonly text: string;
  readonly publicKey: string;
  /** The output of `ssh-keygen -l`. */
  readonly listed: string;
}

const made = new Map<string, Promise<MadeKey>>();

/** The key of this kind, as ssh-keygen makes it: one for all tests. */
function keyOf(kind: string): Promise<MadeKey> {
  return made.getOrInsertComputed(kind, () =>
    inFolder(async (folder) => {
      const [type, bits] = kind.split(" ");
      const about = ["-C", `${type} @ home`, "-N", "", "-f", "key"];
      await sshKeygen(folder, "-q", "-t", type!, "-b", bits!, ...about);
      return {
        text: await Deno.readTextFile(join(folder, "key")),
        publicKey: await Deno.readTextFile(join(folder, "key.pub")),
        listed: await sshKeygen(folder, "-lf", "key.pub"),
      };
    }));
}

/** The text of that key, as ssh-keygen writes it in this format. */
async function written(kind: string, format: string, passphrase = ""): Promise<string> {
  const { text } = await keyOf(kind);
  if (format === "OpenSSH" && passphrase === "") return text;
  return await inFolder(async (folder) => {
    await writeKey(folder, text);
    const shape = format === "OpenSSH" ? [] : ["-m", format];
    // Few rounds of the key derivation: the passphrase need not be safe here.
    await sshKeygen(folder, "-q", "-p", "-N", passphrase, "-a", "1", ...shape, "-f", "key");
    return await Deno.readTextFile(join(folder, "key"));
  });
}

const writeKey = (folder: string, text: string) =>
  Deno.writeTextFile(join(folder, "key"), text, { mode: 0o600 });

function accepted(text: string): ParsedSshKey {
  const checked = checkSshPrivateKey(text);
  assert.ok(checked.ok, checked.ok ? "" : checked.why);
  return checked.value;
}

function refused(text: string): string {
  const checked = checkSshPrivateKey(text);
  assert.ok(!checked.ok, "it is accepted");
  return checked.why;
}

const MADE: [kind: string, formats: string[]][] = [
  ["rsa 2048", ["OpenSSH", "PEM", "PKCS8"]],
  ["ecdsa 256", ["OpenSSH", "PEM", "PKCS8"]],
  ["ecdsa 384", ["OpenSSH", "PEM", "PKCS8"]],
  ["ecdsa 521", ["OpenSSH", "PEM", "PKCS8"]],
  // ssh-keygen writes these in no other format.
  ["ed25519 256", ["OpenSSH"]],
];

for (
  const [kind, format] of MADE.flatMap(([kind, all]) => all.map((one) => [kind, one] as const))
) {
  Deno.test(`an ${kind} key of ssh-keygen in ${format} is unchanged, and has ssh-keygen's fingerprint`, async () => {
    const text = await written(kind, format);
    const { type, bits, fingerprint, comment, ...rest } = accepted(text);
    const [sized, sum, , , , named] = (await keyOf(kind)).listed.trim().split(" ");
    assert.deepEqual([String(bits), fingerprint, `(${type.toUpperCase()})`], [sized, sum, named]);
    assert.equal(`${type} ${bits}`, kind);
    assert.equal(comment, format === "OpenSSH" ? `${type} @ home` : undefined);
    assert.equal(rest.text.reveal(), text);
  });

  Deno.test(`an ${kind} key of ssh-keygen in ${format} with a passphrase is rejected`, async () => {
    const text = await written(kind, format, "some passphrase");
    assert.match(refused(text), /^must be a private key without a passphrase/);
    assert.match(refused(text.replaceAll("\n", "\r\n")), /without a passphrase/);
    assert.match(refused(text.replaceAll("\n", " ")), /without a passphrase/);
  });
}

const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const ED25519 = generateKeyPairSync("ed25519").privateKey;

Deno.test("an Ed25519 key in PKCS#8 has ssh-keygen's fingerprint", () =>
  inFolder(async (folder) => {
    const x = Uint8Array.fromBase64(ED25519.export({ format: "jwk" }).x!, {
      alphabet: "base64url",
    });
    const name = new TextEncoder().encode("ssh-ed25519");
    const publicKey = Uint8Array.of(0, 0, 0, 11, ...name, 0, 0, 0, 32, ...x);
    await Deno.writeTextFile(join(folder, "key.pub"), `ssh-ed25519 ${publicKey.toBase64()}\n`);
    const { type, bits, fingerprint, text } = accepted(pkcs8(ED25519));
    assert.deepEqual([type, bits, text.reveal()], ["ed25519", 256, pkcs8(ED25519)]);
    assert.equal((await sshKeygen(folder, "-lf", "key.pub")).split(" ")[1], fingerprint);
  }));

const MANGLED: [how: string, mangle: (text: string) => string][] = [
  ["with Windows line breaks", (text) => text.replaceAll("\n", "\r\n")],
  ["with old Mac line breaks", (text) => text.replaceAll("\n", "\r")],
  ["without the last line break", (text) => text.trimEnd()],
  ["with a last carriage return only", (text) => text.trimEnd() + "\r"],
  ["with empty lines around", (text) => `\n\n${text}\n\n`],
  ["with empty lines between", (text) => text.replaceAll("\n", "\n\n")],
  ["indented", (text) => text.replaceAll(/^(?=.)/gm, "    ")],
  ["with white space after the lines", (text) => text.replaceAll("\n", " \t\n")],
  ["in one line", (text) => text.replaceAll("\n", " ")],
  ["with its base64 in one line", (text) => text.replaceAll(/(?<=[\w+/=])\n(?=[\w+/=])/g, "")],
  ["after a byte order mark", (text) => `\ufeff${text}`],
  ["between notes", (text) => `Bag Attributes\n    localKeyID: 01\n${text}# the deploy key\n`],
];

for (const format of ["OpenSSH", "PEM"]) {
  Deno.test(`a damaged key in ${format} is repaired to what ssh-keygen wrote`, (t) =>
    inFolder(async (folder) => {
      const text = await written("ecdsa 256", format);
      const { publicKey } = await keyOf("ecdsa 256");
      for (const [how, mangle] of MANGLED) {
        await t.step(how, () => {
          assert.notEqual(mangle(text), text);
          assert.equal(accepted(mangle(text)).text.reveal(), text);
        });
      }
      // ssh-keygen reads it, too.
      await writeKey(folder, text);
      const [type, blob] = (await sshKeygen(folder, "-yf", "key")).split(/\s/);
      assert.deepEqual([type, blob], publicKey.split(" ").slice(0, 2));
    }));
}

Deno.test("the EC PARAMETERS of openssl, which Go rejects, are removed from a key", () => {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    .export({ type: "sec1", format: "pem" }).toString();
  const parameters = pem("EC PARAMETERS", Uint8Array.fromHex("06082a8648ce3d030107"));
  assert.equal(accepted(parameters + key).text.reveal(), key);
});

Deno.test("an SSH public key or certificate is rejected as such", () =>
  inFolder(async (folder) => {
    const { text, publicKey } = await keyOf("ed25519 256");
    await writeKey(folder, text);
    await Deno.writeTextFile(join(folder, "key.pub"), publicKey);
    assert.match(refused(publicKey), /^is a public key; the matching private key is needed/);
    await sshKeygen(folder, "-q", "-s", "key", "-I", "id", "-n", "git", "key.pub");
    const certificate = await Deno.readTextFile(join(folder, "key-cert.pub"));
    assert.match(refused(certificate), /^is a certificate; the matching private key is needed/);
    const rfc4716 = await sshKeygen(folder, "-ef", "key.pub");
    assert.match(refused(rfc4716), /^is a public key/);
  }));

const RSA = rsaKeys();
const RSA_PKCS1 = RSA.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const spki = { type: "spki", format: "pem" } as const;

/** The group of RFC 6979, A.2.1; generating another one takes half a second. */
const DSA_GROUP = [
  "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447" +
  "e6533b86b18bed6e8a48b784a14c252c5be0dbf60b86d6385bd2f12fb763ed88" +
  "73abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467899c77adedfc846c" +
  "881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779",
  "996f967f6c8e388d9e28d01e205fba957a5698b1",
  "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d" +
  "89bbcd97e904e09114d9a7defdeadfc9078ea544d2e401aeecc40bb9fbbf78fd" +
  "87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e136db77175464adca4" +
  "17be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd",
].map((hex) => Uint8Array.fromHex(hex));

/** In PKCS#8. */
function makeDsaKey(): string {
  const number = (bytes: Uint8Array) =>
    der.integer(bytes[0]! < 0x80 ? bytes : Uint8Array.of(0, ...bytes));
  const secret = crypto.getRandomValues(new Uint8Array(20));
  secret[0] = 0x40 | secret[0]! & 0x3f; // less than the order of the group
  const algorithm = der.sequence(
    der.oid("1.2.840.10040.4.1"),
    der.sequence(...DSA_GROUP.map(number)),
  );
  const version = der.integer(Uint8Array.of(0));
  return pem("PRIVATE KEY", der.sequence(version, algorithm, der.octets(number(secret))));
}

const REFUSED: [what: string, text: () => string, why: RegExp][] = [
  ["nothing", () => "", /^must not be empty/],
  ["white space", () => " \r\n", /^must not be empty/],
  ["a sentence", () => "the key of the deploy user", /^must be a private key: a text with a line/],
  ["a path", () => "~/.ssh/id_ed25519", /^must be a private key: a text with a line/],
  ["a megabyte", () => "x".repeat(1 << 20), /^must be at most 16384 characters long/],
  ["a public key in PEM", () => RSA.publicKey.export(spki).toString(), /^is a public key/],
  ["a public key in PKCS#1", () => pem("RSA PUBLIC KEY", new Uint8Array(9)), /^is a public key/],
  ["a TLS certificate", () => makeAuthority("a").certificate, /^is a certificate/],
  ["a key of PuTTY", () => "PuTTY-User-Key-File-3: ssh-ed25519\r\n", /^is in PuTTY's format/],
  ["a key of ssh.com", () => "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", /in ssh\.com's format/],
  ["two keys", () => RSA_PKCS1 + pkcs8(ED25519), /^must hold one private key/],
  ["a key and its certificate", () => RSA_PKCS1 + makeAuthority("a").certificate, /nothing else/],
  ["a list of revoked certificates", () => pem("X509 CRL", new Uint8Array(9)), /^must be a priv/],
  ["a key in base64 again", () => btoa(RSA_PKCS1), /^is encoded in base64; decode it first/],
  [
    "a key of JSON",
    () => RSA_PKCS1.replaceAll("\n", "\\n"),
    /must have line breaks instead of the two characters \\n/,
  ],
  ["a key without its END line", () => RSA_PKCS1.slice(0, 700), /^is incomplete: the last line, /],
  ["a key without its BEGIN line", () => RSA_PKCS1.slice(700), /^is incomplete: the first line, /],
  ["a key without a line", () => RSA_PKCS1.replace(/\n.{64}\n/, "\n"), /that cannot be parsed/],
  [
    "a key with a missing character",
    () => RSA_PKCS1.replace(/\n./, "\n"),
    /is damaged: the text below/,
  ],
  [
    "a key with a dot in it",
    () => RSA_PKCS1.replace(/\n./, "\n."),
    /is damaged: the text below/,
  ],
  [
    "PKCS#8 as PKCS#1",
    () => pkcs8(RSA.privateKey).replaceAll("PRIVATE", "RSA PRIVATE"),
    /that cannot be parsed/,
  ],
  ["noise", () => pem("PRIVATE KEY", new Uint8Array(99).fill(48)), /that cannot be parsed/],
  [
    "a short RSA key",
    () => pkcs8(generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey),
    /^is an RSA key, which must have 1024 to 16384 bits/,
  ],
  [
    "an RSA key with a long exponent",
    () => {
      const options = { modulusLength: 1024, publicExponent: 2 ** 24 + 43 };
      return pkcs8(generateKeyPairSync("rsa", options).privateKey);
    },
    /^has a public exponent/,
  ],
  [
    "a DSA key in PKCS#8",
    makeDsaKey,
    /^is a DSA key/,
  ],
  [
    "an X25519 key",
    () => pkcs8(generateKeyPairSync("x25519").privateKey),
    /^must be an RSA, ECDSA/,
  ],
  [
    "a key on Bitcoin's curve",
    () => pkcs8(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey),
    /^must be an RSA, ECDSA or Ed25519 key; ECDSA on P-256/,
  ],
];

for (const [what, text, why] of REFUSED) {
  Deno.test(`${what} instead of an SSH key is rejected with the reason, and not quoted`, () => {
    const given = text();
    const reason = refused(given);
    assert.match(reason, why);
    const quotable = given.split("\n").filter((line) =>
      line.length > 9 && !line.startsWith("-----")
    );
    for (const line of quotable) assert.ok(!reason.includes(line.trim()), reason);
  });
}

Deno.test("any text is rejected as an SSH key with a reason", () => {
  const piece = fc.constantFrom(
    ..."-----BEGIN |-----END |OPENSSH |RSA |PRIVATE KEY-----|AAAA|=|\n|\r|:|Proc-Type: 4,ENCRYPTED"
      .split("|"),
  );
  const text = fc.oneof(anyText(), fc.array(piece).map((all) => all.join("")));
  fc.assert(fc.property(text, (given) => assert.ok(refused(given).length > 0)), { numRuns: 1000 });
});
