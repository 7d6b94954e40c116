import { createHmac, randomBytes } from "node:crypto";
import { Sealed } from "../../log/sealed.ts";

/**
 * Returns a function that makes equal keys for equal parts, without revealing their values: an HMAC with a random
 * key that lives as long as the process.
 */
export function keyed(): (...parts: readonly unknown[]) => string {
  const key = randomBytes(32);
  return (...parts) =>
    createHmac("sha256", key).update(JSON.stringify(parts.map(opened))).digest("base64url");
}

/** Reveals sealed values and sorts fields, so that equal parts serialize equally. */
function opened(value: unknown): unknown {
  if (value instanceof Sealed) return ["sealed", value.reveal()];
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  return Object.entries(value).filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1).map(([name, each]) => [name, opened(each)]);
}
