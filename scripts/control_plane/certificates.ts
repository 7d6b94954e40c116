/** Creates certificate authorities and certificates without an external tool. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import * as der from "./der.ts";

/** A certificate and its private key, in PEM. */
export interface Certified {
  certificate: string;
  key: string;
}

export interface Authority {
  /** The certificate of the authority in PEM. */
  certificate: string;
  issue(request: CertificateRequest): Certified;
}

export interface CertificateRequest {
  commonName: string;
  /** The group in Kubernetes; the common name is the user. */
  organization?: string;
  for: "server" | "client";
  /** Names and IPv4 addresses of a server. */
  hosts?: readonly string[];
  /** RSA keys take more than a tenth of a second. @default "P-256" */
  keyType?: "P-256" | "RSA";
  /** @default an hour ago */
  notBefore?: Date;
  /** @default in ten days */
  notAfter?: Date;
}

const hour = 3_600_000;
const day = 24 * hour;

/** @see RFC 5280, and RFC 5758 for the signature */
const oids = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  subjectAltName: "2.5.29.17",
  subjectKeyIdentifier: "2.5.29.14",
  authorityKeyIdentifier: "2.5.29.35",
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
} as const;

/** @param commonName Two authorities with the same name are different: only the keys count. */
export function makeAuthority(commonName: string): Authority {
  const keys = keyPair("P-256");
  const subject = name(commonName);
  const valid = validity();
  const certificate = signed(keys, subject, valid, subject, keys.publicKey, [
    extension(oids.basicConstraints, der.sequence(der.yes())),
    extension(oids.keyUsage, der.bits(Uint8Array.of(0b0000_0110), 1)), // sign certificates, lists
  ]);
  return {
    certificate,
    issue(request) {
      const own = keyPair(request.keyType ?? "P-256");
      const { commonName, organization, notBefore, notAfter } = request;
      const hosts = (request.hosts ?? []).map(generalName);
      const extensions = [
        extension(oids.keyUsage, der.bits(Uint8Array.of(0b1000_0000), 7)), // sign
        extension(oids.extendedKeyUsage, der.sequence(der.oid(oids[request.for]))),
        ...(hosts.length ? [extension(oids.subjectAltName, der.sequence(...hosts))] : []),
      ];
      return {
        certificate: signed(
          keys,
          subject,
          validity(notBefore, notAfter),
          name(commonName, organization),
          own.publicKey,
          extensions,
        ),
        key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

/** @param label the text after BEGIN */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

function keyPair(type: "P-256" | "RSA"): KeyPair {
  return type === "RSA"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function signed(
  issuerKeys: KeyPair,
  issuer: der.Der,
  valid: der.Der,
  subject: der.Der,
  publicKey: KeyObject,
  extensions: readonly der.Der[],
): string {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = 0x40 | serial[0]! & 0x3f; // positive, and in its shortest form
  const algorithm = der.sequence(der.oid(oids.ecdsaWithSha256));
  const content = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))), // version 3
    der.integer(serial),
    algorithm,
    issuer,
    valid,
    subject,
    spki(publicKey),
    der.explicit(
      3,
      der.sequence(
        extension(oids.subjectKeyIdentifier, der.octets(keyIdentifier(publicKey))),
        extension(
          oids.authorityKeyIdentifier,
          der.sequence(der.value(0x80, keyIdentifier(issuerKeys.publicKey))),
        ),
        ...extensions,
      ),
    ),
  );
  const signature = Uint8Array.from(sign("sha256", content, issuerKeys.privateKey));
  return pem("CERTIFICATE", der.sequence(content, algorithm, der.bits(signature)));
}

function spki(key: KeyObject): der.Der {
  return Uint8Array.from(key.export({ type: "spki", format: "der" }));
}

function keyIdentifier(key: KeyObject): Uint8Array {
  return Uint8Array.from(createHash("sha1").update(spki(key)).digest());
}

function validity(
  notBefore = new Date(Date.now() - hour),
  notAfter = new Date(Date.now() + 10 * day),
): der.Der {
  return der.sequence(der.time(notBefore), der.time(notAfter));
}

function name(commonName: string, organization?: string): der.Der {
  const part = (type: string, text: string) => der.set(der.sequence(der.oid(type), der.utf8(text)));
  return der.sequence(
    ...(organization ? [part(oids.organization, organization)] : []),
    part(oids.commonName, commonName),
  );
}

function extension(type: string, content: der.Der): der.Der {
  const critical = type === oids.basicConstraints || type === oids.keyUsage;
  return der.sequence(der.oid(type), ...(critical ? [der.yes()] : []), der.octets(content));
}

function generalName(host: string): der.Der {
  return /^[\d.]+$/.test(host)
    ? der.value(0x87, Uint8Array.from(host.split("."), Number))
    : der.value(0x82, new TextEncoder().encode(host));
}
