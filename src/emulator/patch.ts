import { isObject } from "../text/json.ts";

/**
 * A JSON merge patch (RFC 7386) applied to a copy.
 *
 * @param strategic As a strategic merge patch: of the lists `metadata.finalizers` is merged instead
 * of replaced, the patch's new ones first. `imagePullSecrets` of a ServiceAccount is replaced by the
 * real server too; its `secrets`, which are merged by name there, are not looked at. The `$patch`
 * directives are not known.
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
