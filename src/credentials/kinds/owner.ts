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
    for (const { on, key, matches } of marks) {
      const value = valueOf(secret, on, key);
      if (value === undefined || matches?.(value, secret) === false) continue;
      return describe?.(secret, value) ?? program;
    }
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
