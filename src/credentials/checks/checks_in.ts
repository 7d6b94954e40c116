import type { StoredSecret } from "../../kube/store.ts";
import { aroundOf } from "./around.ts";
import type { CheckMemory } from "./memory.ts";
import type { CheckResult } from "./result.ts";
import type { ShownCheck } from "./shown_check.ts";
import { triedIn } from "./tried_in.ts";

/**
 * What came of trying the values of a cluster's secrets within the last day. Nothing is asked.
 * @param argocd repositories and templates of the cluster
 * @returns of a secret by the places of its values (as its fingerprints are); `undefined` where none was tried
 */
export function checksIn(
  memory: CheckMemory | undefined,
  argocd: readonly StoredSecret[],
): (secret: StoredSecret) => Readonly<Record<string, ShownCheck>> | undefined {
  if (memory === undefined || memory.isEmpty) return () => undefined;
  const around = aroundOf(argocd);
  return (secret) => {
    const known = triedIn(secret, around).flatMap((value) => {
      const result = memory.resultOf(value);
      return result === undefined ? [] : [[value.place, shown(result)] as const];
    });
    return known.length === 0 ? undefined : Object.fromEntries(known);
  };
}

const shown = ({ state, at }: CheckResult): ShownCheck => ({ state, at });
