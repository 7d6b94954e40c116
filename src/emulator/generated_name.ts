/**
 * The name of an object that is created with a `generateName`.
 *
 * @see k8s.io/apiserver v0.35 pkg/storage/names/generate.go
 */
export function generatedName(base: string): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  const random = crypto.getRandomValues(new Uint8Array(5));
  return base.slice(0, 58) + Array.from(random, (n) => alphabet[n % alphabet.length]).join("");
}
