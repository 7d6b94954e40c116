import type { StoredSecret } from "../../kube/store.ts";
import { OWNERS, shownObject } from "./owners.ts";

/**
 * Who else looks after a secret, in words: `ExternalSecret 'x'`, `Argo CD application 'apps'`;
 * `undefined` when nobody is seen to. What such a program owns it will put back or delete.
 */
export function ownerOf(secret: StoredSecret): string | undefined {
  for (const owner of secret.ownerReferences ?? []) {
    const { kind, name } = owner as { kind?: unknown; name?: unknown };
    return shownObject(kind, name);
  }
  for (const { program, marks, says } of OWNERS) {
    const seen = marks.find(({ on, key, counts }) => {
      const value = valueOf(secret, on, key);
      return value !== undefined && (counts?.(value, secret) ?? true);
    });
    if (seen === undefined) continue;
    return says?.(secret, valueOf(secret, seen.on, seen.key)!) ?? program;
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
