import { dirname } from "node:path";
import { merged } from "../../kube/kubeconfig/contexts.ts";
import { NotUsable } from "../../kube/kubeconfig/refused.ts";
import { configOf } from "../../kube/kubeconfig/shape.ts";
import type { ClustersFolder } from "../folder.ts";
import { KubeconfigRefused, vetKubeconfig, type VetRules } from "../vet.ts";
import { type Login, loginOf } from "./login.ts";

/** A cluster that the folder has already. */
export interface ThereCluster {
  readonly name: string;
  /** How it connects; absent where its kubeconfig is refused. */
  readonly login?: Pick<Login, "identity" | "key">;
  /** Why that is refused. */
  readonly why?: string;
  /** Whether it is one of the files that is imported from. */
  readonly isSource: boolean;
}

/**
 * The clusters that a folder has, by their names.
 *
 * Permissions: `--allow-read` of the folder, of the kubeconfigs and of what they name.
 * @param sources files that are imported from
 */
export async function clustersThere(
  folder: ClustersFolder,
  rules: VetRules,
  sources: readonly string[],
): Promise<ReadonlyMap<string, ThereCluster>> {
  const { names = [] } = await folder.look() ?? {};
  const real = new Set(sources.map(realPath));
  const there = new Map<string, ThereCluster>();
  for (const name of names) {
    const file = folder.fileOf(name);
    const isSource = real.has(realPath(file));
    there.set(name, { name, isSource, ...await lookedAt(file, rules) });
  }
  return there;
}

async function lookedAt(
  file: string,
  rules: VetRules,
): Promise<Pick<ThereCluster, "login" | "why">> {
  try {
    const { path, content } = await vetKubeconfig(file, rules);
    const config = merged([{ config: configOf(content.reveal()), folder: dirname(path) }]);
    return { login: loginOf(config, config["current-context"], rules) };
  } catch (error) {
    if (error instanceof KubeconfigRefused || error instanceof NotUsable) {
      return { why: error.why };
    }
    if (error instanceof Deno.errors.NotFound) return { why: "it is a link to nothing" };
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
