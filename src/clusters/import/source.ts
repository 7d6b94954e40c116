import { dirname, join, resolve } from "node:path";
import { faultOf, faultOfFolder, type Trust } from "../../files/trusted.ts";
import { merged, type ReadConfig } from "../../kube/kubeconfig/contexts.ts";
import { NotUsable } from "../../kube/kubeconfig/refused.ts";
import { type Config, configOf } from "../../kube/kubeconfig/shape.ts";
import { readYaml } from "../../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { KubeconfigRefused, readText } from "../vet.ts";

/** Largest kubeconfig whose contexts are imported, in bytes: a thousand of them with certificates. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Which kubeconfig is meant. */
export interface WhichKubeconfig {
  /** Of `--kubeconfig`. */
  readonly file?: string;
  /** The variables KUBECONFIG and HOME, as kubectl has them. */
  readonly env: { readonly KUBECONFIG?: string; readonly HOME?: string };
}

/** What contexts are imported from. */
export interface Source {
  /** Of all files; paths in it are absolute. */
  readonly config: Sealed<Config>;
  /** Those that are there, as they were named. */
  readonly files: readonly string[];
  /** What the user should know, a sentence each. */
  readonly warnings: readonly string[];
}

/** There is no kubeconfig to import from; the message says where it was looked for, and what to do. */
export class NoKubeconfig extends Error {
  override readonly name = "NoKubeconfig";
}

/**
 * Reads the kubeconfig that kubectl would: that of `--kubeconfig`; else those that KUBECONFIG lists,
 * merged, those of them that are not there passed over; else `~/.kube/config`. Since it may name
 * programs to run, a file that others may write to is refused.
 *
 * Permissions: `--allow-read` of the files and the ways to them.
 * @throws {NoKubeconfig}
 * @throws {KubeconfigRefused} says which rule it breaks, and never holds a piece of its content
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export async function readSource(
  { file, env }: WhichKubeconfig,
  trust: Trust,
): Promise<Source> {
  const listed = [...new Set((env.KUBECONFIG ?? "").split(":").filter((each) => each !== ""))];
  const names = file !== undefined ? [file] : env.KUBECONFIG ? listed : usual(env.HOME);
  const read: ReadConfig[] = [];
  const files: string[] = [];
  const warnings: string[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const config = await readOne(name, trust, warnings);
    if (config === undefined) missing.push(name);
    else {
      files.push(name);
      read.push({ config, folder: resolve(dirname(name)) });
    }
  }
  if (files.length === 0) throw new NoKubeconfig(noneOf(missing, file !== undefined));
  for (const name of missing) warnings.push(`KUBECONFIG names ${name}, which does not exist`);
  return { config: seal(merged(read)), files, warnings };
}

function usual(home = ""): string[] {
  return home === "" ? [] : [join(home, ".kube/config")];
}

function noneOf(missing: readonly string[], isGiven: boolean): string {
  if (isGiven) return `Kubeconfig '${missing[0]}' does not exist`;
  const where = missing.length === 0
    ? "neither KUBECONFIG nor HOME names one"
    : `${missing.join(", ")} ${missing.length === 1 ? "does" : "do"} not exist`;
  return `There is no kubeconfig: ${where}. Give --kubeconfig FILE`;
}

const FOREIGN = "run this as that user, or name a copy of it that is your own";

/** `undefined` when there is no such file. */
async function readOne(
  file: string,
  trust: Trust,
  warnings: string[],
): Promise<Config | undefined> {
  const refuse = (why: string): never => {
    throw new KubeconfigRefused(file, why);
  };
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return refuse("you may not read it, or it is no file's name");
  }
  const fault = faultOf(file, trust, MAX_BYTES) ??
    (file.split("/").includes("..") ? faultOfFolder(resolve(dirname(file)), trust) : undefined);
  if (fault !== undefined) {
    // Under sudo, say: nobody's kubeconfig is to be given to root for this.
    const isOwner = fault.of === "file" && fault.why.endsWith("; chown it");
    refuse(isOwner ? fault.why.replace(/chown it$/, FOREIGN) : fault.why);
  }
  if ((info.mode ?? 0) & 0o044) {
    warnings.push(`Others may read kubeconfig '${file}'; run chmod 600 on it`);
  }
  const text = await readText(file, refuse);
  try {
    return configOf((text.trim() === "" ? null : readYaml(text)) ?? {});
  } catch (error) {
    if (error instanceof NotUsable) return refuse(error.why);
    throw error;
  }
}
