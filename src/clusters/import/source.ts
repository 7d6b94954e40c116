import { dirname, join, resolve } from "node:path";
import { fileProblem, folderProblem, RUN_CHOWN, type Trust } from "../../files/trusted.ts";
import { merged, type ReadConfig } from "../../kube/kubeconfig/contexts.ts";
import { NotUsable } from "../../kube/kubeconfig/not_usable.ts";
import { type Config, parseConfig } from "../../kube/kubeconfig/shape.ts";
import { readYaml } from "../../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { KubeconfigRejected, readText } from "../vet.ts";

/** Largest kubeconfig to import from, in bytes: enough for a thousand contexts with certificates. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Which kubeconfig to import from. */
export interface WhichKubeconfig {
  /** The value of `--kubeconfig`. */
  readonly file?: string;
  /** The variables KUBECONFIG and HOME, used like kubectl does. */
  readonly env: { readonly KUBECONFIG?: string; readonly HOME?: string };
}

/** The kubeconfig to import from. */
export interface Source {
  /** All files merged; paths in it are absolute. */
  readonly config: Sealed<Config>;
  /** The files that exist, as they were named. */
  readonly files: readonly string[];
  /** For the user, one sentence each. */
  readonly warnings: readonly string[];
}

/** There is no kubeconfig to import from. The message says where it was expected, and what to do. */
export class NoKubeconfig extends Error {
  override readonly name = "NoKubeconfig";
}

/**
 * Reads the kubeconfig that kubectl would use: `--kubeconfig`; otherwise the files of KUBECONFIG, merged,
 * without missing ones; otherwise `~/.kube/config`. Since it may name programs to run, a file that other
 * users can change is rejected.
 *
 * Permissions: `--allow-read` of the files and the folders on their paths.
 * @throws {NoKubeconfig}
 * @throws {KubeconfigRejected} with the rule that it violates, never its content
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
    ? "neither KUBECONFIG nor HOME is set"
    : `${missing.join(", ")} ${missing.length === 1 ? "does" : "do"} not exist`;
  return `No kubeconfig found: ${where}. Pass --kubeconfig FILE`;
}

const FOREIGN = "run this command as that user, or pass a copy that you own";

/** `undefined` when the file does not exist. */
async function readOne(
  file: string,
  trust: Trust,
  warnings: string[],
): Promise<Config | undefined> {
  const reject = (why: string): never => {
    throw new KubeconfigRejected(file, why);
  };
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return reject("permission denied, or it is not a file name");
  }
  const problem = fileProblem(file, trust, MAX_BYTES) ??
    (file.split("/").includes("..") ? folderProblem(resolve(dirname(file)), trust) : undefined);
  if (problem !== undefined) {
    // With sudo, for example, the user should not be told to change the owner of the own kubeconfig.
    const isOwner = problem.of === "file" && problem.why.endsWith(RUN_CHOWN);
    reject(isOwner ? problem.why.slice(0, -RUN_CHOWN.length) + FOREIGN : problem.why);
  }
  if ((info.mode ?? 0) & 0o044) {
    warnings.push(`Kubeconfig '${file}' is readable by other users. Run chmod 600 on it`);
  }
  const text = await readText(file, reject);
  try {
    return parseConfig((text.trim() === "" ? null : readYaml(text)) ?? {});
  } catch (error) {
    if (error instanceof NotUsable) return reject(error.why);
    throw error;
  }
}
