import { dirname } from "node:path";
import { merged } from "../../kube/kubeconfig/contexts.ts";
import { NotUsable } from "../../kube/kubeconfig/not_usable.ts";
import { parseConfig } from "../../kube/kubeconfig/shape.ts";
import type { ClustersFolder } from "../folder.ts";
import { KubeconfigRejected, vetKubeconfig, type VetRules } from "../vet.ts";
import { type ContextLogin, loginOf } from "./login.ts";

/** A cluster that exists in the clusters folder before the import. */
export interface ExistingCluster {
  readonly name: string;
  /** How it connects; absent when its kubeconfig is rejected. */
  readonly login?: Pick<ContextLogin, "identity" | "key">;
  /** Why its kubeconfig is rejected. */
  readonly why?: string;
  /** Whether its kubeconfig is one of the files being imported. */
  readonly isSource: boolean;
}

/**
 * The existing clusters by name.
 *
 * Permissions: `--allow-read` of the folder, of the kubeconfigs and of the files that they name.
 * @param sources the files being imported
 */
export async function existingClusters(
  folder: ClustersFolder,
  rules: VetRules,
  sources: readonly string[],
): Promise<ReadonlyMap<string, ExistingCluster>> {
  const { names = [] } = await folder.look() ?? {};
  const real = new Set(sources.map(realPath));
  const there = new Map<string, ExistingCluster>();
  for (const name of names) {
    const file = folder.fileOf(name);
    const isSource = real.has(realPath(file));
    there.set(name, { name, isSource, ...await loginIn(file, rules) });
  }
  return there;
}

async function loginIn(
  file: string,
  rules: VetRules,
): Promise<Pick<ExistingCluster, "login" | "why">> {
  try {
    const { path, content } = await vetKubeconfig(file, rules);
    const config = merged([{ config: parseConfig(content.reveal()), folder: dirname(path) }]);
    return { login: loginOf(config, config["current-context"], rules) };
  } catch (error) {
    if (error instanceof KubeconfigRejected || error instanceof NotUsable) {
      return { why: error.why };
    }
    if (error instanceof Deno.errors.NotFound) {
      return { why: "it is a symbolic link to a file that does not exist" };
    }
    throw error;
  }
}

function realPath(file: string): string {
  try {
    return Deno.realPathSync(file);
  } catch {
    return file;
  }
}
