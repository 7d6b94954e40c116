import { Buffer } from "node:buffer";
import { createPublicKey, type KeyObject } from "node:crypto";

/** SSH's names of the curves (RFC 5656), by their names in JSON Web Keys. */
export const SSH_CURVES: Readonly<Record<string, string>> = {
  "P-256": "nistp256",
  "P-384": "nistp384",
  "P-521": "nistp521",
};

/** Reads SSH's binary encoding (RFC 4251, section 5). Every method throws a RangeError beyond the end. */
export class SshReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  uint32(): number {
    const { buffer, byteOffset, byteLength } = this.bytes;
    const value = new DataView(buffer, byteOffset, byteLength).getUint32(this.#at);
    this.#at += 4;
    return value;
  }

  uint64(): bigint {
    const { buffer, byteOffset, byteLength } = this.bytes;
    const value = new DataView(buffer, byteOffset, byteLength).getBigUint64(this.#at);
    this.#at += 8;
    return value;
  }

  string(): Uint8Array {
    const length = this.uint32();
    if (length > this.bytes.length - this.#at) throw new RangeError("Too few bytes");
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return new TextDecoder("latin1").decode(this.string());
  }

  /** The bytes that were not read yet. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.#at);
  }
}

/**
 * The public key of a private key, in SSH's encoding; `undefined` for a type that SSH does not have.
 * @see RFC 4253 (RSA), RFC 5656 (ECDSA), RFC 8709 (Ed25519)
 */
export function sshPublicKey(key: KeyObject): Uint8Array | undefined {
  const kind = key.asymmetricKeyType ?? "";
  if (!["rsa", "ec", "ed25519"].includes(kind)) return undefined;
  const jwk = createPublicKey(key).export({ format: "jwk" });
  if (kind === "rsa") return strings("ssh-rsa", number(jwk.e), number(jwk.n));
  if (kind === "ed25519") return strings("ssh-ed25519", fromJwk(jwk.x));
  const curve = SSH_CURVES[jwk.crv ?? ""];
  if (curve === undefined) return undefined;
  const point = Buffer.concat([Uint8Array.of(4), fromJwk(jwk.x), fromJwk(jwk.y)]);
  return strings(`ecdsa-sha2-${curve}`, curve, point);
}

/** Decodes a member of a JSON Web Key; a missing one is empty. */
function fromJwk(member: string | undefined): Uint8Array {
  return Uint8Array.fromBase64(String(member ?? ""), { alphabet: "base64url" });
}

/** Encodes a positive number: no leading zeros, except one if the first bit would make it negative. */
function number(member: string | undefined): Uint8Array {
  const bytes = withoutZeros(fromJwk(member));
  return bytes[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes;
}

export function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(first < 0 ? bytes.length : first);
}

function strings(...parts: (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.flatMap((part) => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    return [length, bytes];
  }));
}
