import { join } from "node:path";
import { loadAll, YAML11_SCHEMA } from "js-yaml";

/** The root of the project. */
export const ROOT = join(import.meta.dirname!, "..", "..");

/** A file of `deploy/`. */
export const deployFile = (path: string): string => join(ROOT, "deploy", path);

export const readDeployFile = (path: string): Promise<string> =>
  Deno.readTextFile(deployFile(path));

/** Anything parsed from YAML. Untyped, since tests read many kinds. */
// deno-lint-ignore no-explicit-any
export type Parsed = any;

/** Parses YAML as kubectl does: YAML 1.1, with merge keys and octal numbers. */
export function parseYaml(text: string): Parsed[] {
  return loadAll(text, { schema: YAML11_SCHEMA }) as Parsed[];
}

/** The objects of the files that `kustomization.yaml` names, unchanged. */
export async function manifests(): Promise<Parsed[]> {
  const [{ resources }] = parseYaml(await readDeployFile("kubernetes/kustomization.yaml"));
  const files = (resources as string[]).map(manifestsOf);
  return (await Promise.all(files)).flat();
}

export async function manifestsOf(file: string): Promise<Parsed[]> {
  return parseYaml(await readDeployFile(`kubernetes/${file}`));
}

/** The one object of a kind. */
export function ofKind(objects: readonly Parsed[], kind: string): Parsed {
  const found = objects.filter((object) => object.kind === kind);
  if (found.length !== 1) throw new Error(`There are ${found.length} of kind ${kind}`);
  return found[0];
}

/** The seconds until the program has stopped, which a comment gives for a kubectl_timeout. */
export function stopThatIsSaid(text: string): { kubectlTimeout: number; seconds: number } {
  const [, seconds, kubectlTimeout] =
    /(\d+)\s+(?:#\s+)?seconds\s+(?:#\s+)?with\s+(?:#\s+)?a\s+kubectl_timeout\s+of\s+(\d+)/.exec(
      text,
    ) ?? [];
  return { kubectlTimeout: Number(kubectlTimeout), seconds: Number(seconds) };
}

/** The largest kubectl_timeout for which, according to a comment, the time to stop suffices. */
export function timeoutThatStopAllows(config: string): number {
  return Number(/# .*Above (\d+), also raise/.exec(config)?.[1]);
}
