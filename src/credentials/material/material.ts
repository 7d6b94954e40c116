import { googleKeyIn } from "./canonical.ts";

/**
 * What a credential's value is made of, for which one can take the place of another: any text, a private
 * key in PEM, or the JSON of a Google service account's key.
 */
export type Material = "token" | "pem" | "google_key";

/** What a text is made of. */
export function materialOf(text: string): Material {
  if (googleKeyIn(text) !== undefined) return "google_key";
  return /-----BEGIN [A-Z0-9 ]+-----/.test(text) ? "pem" : "token";
}

/** In words, for messages. */
export const MATERIAL_WORDS: Readonly<Record<Material, string>> = {
  token: "a password or token",
  pem: "a private key in PEM",
  google_key: "the key of a Google service account",
};
