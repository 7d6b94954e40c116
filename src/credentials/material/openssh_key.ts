import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { no, type Validated, yes } from "./validated.ts";
import { PASSPHRASE, UNREADABLE } from "./private_key.ts";
import { encodeBase64Url } from "../../text/bytes.ts";
import { SSH_CURVES, sshPublicKey, SshReader, withoutZeros } from "./ssh_wire.ts";

/** The content of a block OPENSSH PRIVATE KEY. */
type OpensshKey = { readonly key: KeyObject; readonly comment: string };

/** The format's magic bytes, including the final zero. */
const MAGIC = "openssh-key-v1\0";

export const DSA = "is a DSA key, which OpenSSH no longer supports; create an Ed25519 key";
const SECURITY_KEY =
  "is only the handle of a key on a hardware security key, which Argo CD cannot use; create an Ed25519 key";
export const OTHER_KIND = "must be an RSA, ECDSA or Ed25519 key; ECDSA on P-256, P-384 or P-521";

/**
 * Parses the bytes of an OpenSSH key, since neither Deno nor Node can. Argo CD lists a repository with Go
 * and fetches it with OpenSSH, so this rejects whatever either of them rejects.
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P1/PROTOCOL.key
 * @see https://github.com/golang/crypto/blob/v0.57.0/ssh/keys.go parseOpenSSHPrivateKey
 */
export function readOpensshKey(bytes: Uint8Array): Validated<OpensshKey> {
  if (new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    return no(UNREADABLE);
  }
  try {
    const outer = new SshReader(bytes.subarray(MAGIC.length));
    const [cipher, derivation, options] = [outer.text(), outer.text(), outer.text()];
    const keys = outer.uint32();
    const publicKey = outer.string();
    const inner = outer.string();
    if (cipher !== "none" || derivation !== "none") return no(PASSPHRASE);
    if (keys !== 1) return no("must hold one private key");
    // Without a cipher, the format still pads to blocks of eight bytes.
    if (options !== "" || outer.rest().length > 0 || inner.length % 8 !== 0) return no(UNREADABLE);
    return readInner(new SshReader(inner), publicKey);
  } catch {
    // A length beyond the end, or numbers that do not make a key.
    return no(UNREADABLE);
  }
}

/** @throws when the numbers do not make a valid key */
function readInner(reader: SshReader, publicKey: Uint8Array): Validated<OpensshKey> {
  // Two equal check numbers; with an encrypted key they prove the passphrase.
  if (reader.uint32() !== reader.uint32()) return no(UNREADABLE);
  const type = reader.text();
  if (type === "ssh-dss") return no(DSA);
  if (type.startsWith("sk-")) return no(SECURITY_KEY);
  const jwk = readMembers(type, reader);
  if (jwk === undefined) return no(OTHER_KIND);
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const comment = reader.string();
  const derived = sshPublicKey(key);
  const isSound = derived !== undefined && Buffer.from(publicKey).equals(derived) &&
    // OpenSSH reads the comment as a C string, which ends at a zero.
    !comment.includes(0) &&
    reader.rest().every((byte, index) => byte === index + 1);
  return isSound ? yes({ key, comment: new TextDecoder().decode(comment) }) : no(UNREADABLE);
}

/** A JSON Web Key with an index signature, which Node's type has and the DOM's lacks. */
type Jwk = JsonWebKey & Record<string, string>;

/** Reads the key's numbers in the order of its type; `undefined` for an unsupported type. */
function readMembers(type: string, reader: SshReader): Jwk | undefined {
  if (type === "ssh-rsa") return rsaMembers(reader);
  if (type === "ssh-ed25519") {
    const x = reader.string();
    const seedAndX = reader.string();
    if (seedAndX.length !== 64 || !Buffer.from(x).equals(seedAndX.subarray(32))) {
      throw new Error("Not the two halves of an Ed25519 key");
    }
    return {
      kty: "OKP",
      crv: "Ed25519",
      x: encodeBase64Url(x),
      d: encodeBase64Url(seedAndX.subarray(0, 32)),
    };
  }
  const [crv, curve] = Object.entries(SSH_CURVES)
    .find(([, curve]) => type === `ecdsa-sha2-${curve}`) ?? [];
  if (crv === undefined) return undefined;
  if (reader.text() !== curve) throw new Error("Not the curve of this type");
  const point = reader.string();
  const d = withoutZeros(reader.string());
  const size = (point.length - 1) / 2;
  if (point[0] !== 4 || d.length > size) throw new Error("Not a point and a number of this curve");
  const padded = new Uint8Array(size);
  padded.set(d, size - d.length);
  const x = encodeBase64Url(point.subarray(1, 1 + size));
  return {
    kty: "EC",
    crv,
    x,
    y: encodeBase64Url(point.subarray(1 + size)),
    d: encodeBase64Url(padded),
  };
}

function rsaMembers(reader: SshReader): Jwk {
  const number = () => withoutZeros(reader.string());
  const [n, e, d, qi, p, q] = [number(), number(), number(), number(), number(), number()];
  const [bigD, bigQi, bigP, bigQ] = [big(d), big(qi), big(p), big(q)];
  if (bigQi >= bigP || bigQi * bigQ % bigP !== 1n) throw new Error("Not the inverse of q");
  const members = {
    n,
    e,
    d,
    p,
    q,
    qi,
    dp: small(bigD % (bigP - 1n)),
    dq: small(bigD % (bigQ - 1n)),
  };
  const encoded = Object.entries(members).map(([name, bytes]) => [name, encodeBase64Url(bytes)]);
  return { kty: "RSA", ...Object.fromEntries(encoded) };
}

const big = (bytes: Uint8Array) => BigInt(`0x0${bytes.toHex()}`);

function small(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Uint8Array.fromHex(hex.length % 2 ? `0${hex}` : hex);
}
