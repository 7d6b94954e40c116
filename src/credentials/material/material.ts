import { googleKeyIn } from "./canonical.ts";

/**
 * What a credential's value is made of: any text, a private key in PEM, or the JSON of a Google service
 * account key. A rotation replaces a value only with another one of the same material.
 */
export type Material = "token" | "pem" | "google_key";

/** The material of a text. */
export function materialOf(text: string): Material {
  if (googleKeyIn(text) !== undefined) return "google_key";
  return /-----BEGIN [A-Z0-9 ]+-----/.test(text) ? "pem" : "token";
}

/** Names of the materials, for messages. */
export const MATERIAL_WORDS: Readonly<Record<Material, string>> = {
  token: "a password or token",
  pem: "a private key in PEM",
  google_key: "the key of a Google service account",
};
