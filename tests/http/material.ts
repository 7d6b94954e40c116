import { generateKeyPairSync } from "node:crypto";
import { rsaKeys } from "../support/rsa_keys.ts";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";

/** Keys and certificates like those of users, generated in each run. */

/** An Ed25519 key for SSH, in PKCS#8. */
export function makeSshKey(): string {
  return generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
}

/** An RSA key in the form GitHub issues for its apps. */
export function makeRsaKey(): string {
  return rsaKeys().privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}

/** The key of a Google service account, parsed. */
export function makeGcpKey(privateKey: string) {
  return {
    type: "service_account",
    project_id: "project",
    private_key_id: "1",
    private_key: privateKey,
    client_email: "robot@project.iam.gserviceaccount.com",
  };
}

export interface TlsPair {
  readonly certificate: string;
  readonly key: string;
}

/** A client certificate and its key. @param notAfter in the past for an expired certificate */
export function makeTlsPair(notAfter?: Date): TlsPair {
  const notBefore = notAfter && new Date(notAfter.getTime() - 86_400_000);
  return makeAuthority("clients").issue({
    commonName: "client",
    for: "client",
    notBefore,
    notAfter,
  });
}

/** The parts of a key that must not be shown: each line that is long enough to be recognized. */
export function linesOf(pem: string): string[] {
  return pem.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
}
