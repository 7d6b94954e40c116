import { createHmac, randomBytes } from "node:crypto";
import { Sealed } from "../../log/sealed.ts";

/**
 * Makes texts that are the same for the same parts, and tell nothing of the values in them: by a key that ends
 * with the process.
 */
export function keyed(): (...parts: readonly unknown[]) => string {
  const key = randomBytes(32);
  return (...parts) =>
    createHmac("sha256", key).update(JSON.stringify(parts.map(opened))).digest("base64url");
}

/** With its values in the open, and its fields in one order. */
function opened(value: unknown): unknown {
  if (value instanceof Sealed) return ["sealed", value.reveal()];
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  return Object.entries(value).filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1).map(([name, each]) => [name, opened(each)]);
}
