import type { StoredSecret } from "../../kube/store.ts";
import { type Mark, OWNERS, shownObject } from "./owners.ts";

/**
 * The other program that manages a secret, in words: `ExternalSecret 'x'`, `Argo CD application 'apps'`;
 * `undefined` when there is no sign of one. Such a program would revert a change, or delete the secret.
 */
export function ownerOf(secret: StoredSecret): string | undefined {
  for (const owner of secret.ownerReferences ?? []) {
    const { kind, name } = owner as { kind?: unknown; name?: unknown };
    return shownObject(kind, name);
  }
  const isSet = ({ on, key, matches }: Mark) => {
    const value = valueOf(secret, on, key);
    return value !== undefined && (matches?.(value, secret) ?? true);
  };
  const owner = OWNERS.find(({ marks }) => marks.some(isSet));
  if (owner === undefined) return undefined;
  const { on, key } = owner.marks.find(isSet)!;
  return owner.describe?.(secret, valueOf(secret, on, key)!) ?? owner.program;
}

function valueOf(
  secret: StoredSecret,
  on: "labels" | "annotations",
  key: string,
): string | undefined {
  return Object.hasOwn(secret[on], key) ? secret[on][key] : undefined;
}
