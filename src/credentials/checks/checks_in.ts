import type { StoredSecret } from "../../kube/store.ts";
import { repositoryResolver } from "./repository_resolver.ts";
import type { CheckMemory } from "./memory.ts";
import type { CheckResult, ShownCheck } from "./result.ts";
import { valuesToCheck } from "./values_to_check.ts";

/**
 * Reads the remembered check results of a cluster's secrets (at most a day old). No server is contacted.
 * @param argocd repositories and templates of the cluster
 * @returns for a secret, the results by place, like its fingerprints; `undefined` where no value was checked
 */
export function checksIn(
  memory: CheckMemory | undefined,
  argocd: readonly StoredSecret[],
): (secret: StoredSecret) => Readonly<Record<string, ShownCheck>> | undefined {
  if (memory === undefined || memory.isEmpty) return () => undefined;
  const resolver = repositoryResolver(argocd);
  return (secret) => {
    const known = valuesToCheck(secret, resolver).flatMap((value) => {
      const result = memory.resultOf(value);
      return result === undefined ? [] : [[value.place, shown(result)] as const];
    });
    return known.length === 0 ? undefined : Object.fromEntries(known);
  };
}

const shown = ({ state, at }: CheckResult): ShownCheck => ({ state, at });
