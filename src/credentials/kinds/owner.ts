import type { StoredSecret } from "../../kube/store.ts";
import { OWNERS, shownObject } from "./owners.ts";

/**
 * The other program that manages a secret, in words: `ExternalSecret 'x'`, `Argo CD application 'apps'`;
 * `undefined` when there is no sign of one. Such a program would revert a change, or delete the secret.
 */
export function ownerOf(secret: StoredSecret): string | undefined {
  for (const owner of secret.ownerReferences ?? []) {
    const { kind, name } = owner as { kind?: unknown; name?: unknown };
    return shownObject(kind, name);
  }
  for (const { program, marks, describe } of OWNERS) {
    const seen = marks.find(({ on, key, matches }) => {
      const value = valueOf(secret, on, key);
      return value !== undefined && (matches?.(value, secret) ?? true);
    });
    if (seen === undefined) continue;
    return describe?.(secret, valueOf(secret, seen.on, seen.key)!) ?? program;
  }
  return undefined;
}

function valueOf(
  secret: StoredSecret,
  on: "labels" | "annotations",
  key: string,
): string | undefined {
  return Object.hasOwn(secret[on], key) ? secret[on][key] : undefined;
}
