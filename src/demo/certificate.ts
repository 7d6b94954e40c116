import { generateKeyPairSync, sign } from "node:crypto";

/** A self-signed client certificate and its key, in PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a self-signed certificate. It is made at run time because a fixed one would expire.
 * @see RFC 5280, and RFC 5758 for the signature
 */
export function selfSigned(commonName: string, notAfter: Date): Certified {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(SEQUENCE, der(OID, ECDSA_WITH_SHA256));
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OID, COMMON_NAME), text(UTF8, commonName))),
  );
  const notBefore = new Date(notAfter.getTime() - 365 * 24 * 60 * 60 * 1000);
  const content = der(
    SEQUENCE,
    der(INTEGER, [1]), // serial number; without a version it is X.509 v1, which has no extensions
    algorithm,
    name, // issuer
    der(SEQUENCE, time(notBefore), time(notAfter)),
    name, // subject
    [...publicKey.export({ type: "spki", format: "der" })],
  );
  const signature = sign("sha256", Uint8Array.from(content), privateKey);
  const bytes = Uint8Array.from(der(SEQUENCE, content, algorithm, der(BITS, [0, ...signature])));
  const lines = bytes.toBase64().match(/.{1,64}/g)!;
  return {
    certificate: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""]
      .join("\n"),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const INTEGER = 0x02;
const BITS = 0x03;
const OID = 0x06;
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** 1.2.840.10045.4.3.2 and 2.5.4.3 in DER. */
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];

/** A DER value: tag, length and content. @see ITU-T X.690 */
function der(tag: number, ...content: readonly (readonly number[])[]): number[] {
  const body = content.flat();
  const size = body.length;
  const length = size < 0x80
    ? [size]
    : size < 0x100
    ? [0x81, size]
    : [0x82, size >> 8, size & 0xff];
  return [tag, ...length, ...body];
}

const text = (tag: number, value: string) => der(tag, [...new TextEncoder().encode(value)]);

/** UTCTime: years 1950 to 2049, in whole seconds. */
const time = (date: Date) =>
  text(UTC_TIME, date.toISOString().replace(/[-:T]|\.\d+/g, "").slice(2));
