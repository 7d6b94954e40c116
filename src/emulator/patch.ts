import { isObject } from "../text/json.ts";

/**
 * Applies a JSON merge patch (RFC 7386) to a copy.
 *
 * @param strategic whether it is a strategic merge patch, which merges `metadata.finalizers` instead of
 * replacing it, with new ones first. `imagePullSecrets` of a ServiceAccount is replaced, as on the real
 * server. Merging its `secrets` by name and `$patch` directives are not supported.
 */
export function mergePatch(target: unknown, patch: unknown, strategic = false, path = ""): unknown {
  if (strategic && path === ".metadata.finalizers" && Array.isArray(patch)) {
    return [...new Set([...patch, ...Array.isArray(target) ? target : []])];
  }
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value, strategic, `${path}.${key}`));
  }
  return Object.fromEntries(merged);
}
