/**
 * `deno task build`: builds one executable, `dist/argocd-configurer`, with its SHA-256 checksum, an SBOM, and
 * the licenses of its parts.
 *
 *   build                    for this machine, with deno compile
 *   build --target TRIPLE    for another one: dist/argocd-configurer-TRIPLE; `all` for all targets
 *   build --offline          for this machine, from this Deno, without a download
 *   build --folder FOLDER    into another folder than dist
 *
 * Builds are reproducible: the time of the commit is used as the time of the build.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import denoConfig from "../deno.json" with { type: "json" };
import { bundle } from "./build/bundle.ts";
import { compile, type Target, TARGETS } from "./build/compile.ts";
import { contentsOf } from "./build/contents.ts";
import { buildOffline } from "./build/offline.ts";
import { sbom } from "./build/sbom.ts";
import { writeSums } from "./build/sums.ts";
import { THIRD_PARTY_LICENSES, thirdPartyLicenses } from "./build/third_party_licenses.ts";

const ROOT = join(import.meta.dirname!, "..");

export interface BuildOptions {
  /** @default this machine */
  readonly targets?: readonly Target[];
  readonly offline?: boolean;
  /** @default dist */
  readonly folder?: string;
}

/**
 * Builds executables, and returns their paths.
 * @throws {Error} that says what to do
 */
export async function build(options: BuildOptions): Promise<string[]> {
  const { folder = join(ROOT, "dist"), offline = false } = options;
  const { commit, time } = await source();
  const { version, unstable } = denoConfig;
  const work = await Deno.makeTempDir({ prefix: "argocd-configurer-build-" });
  try {
    await Deno.mkdir(folder, { recursive: true });
    const contents = await contentsOf({ root: ROOT });
    // Before the slow steps, since it fails for a new package without a license.
    const licenses = await thirdPartyLicenses({ contents });
    const pieces = join(work, "argocd-configurer");
    await bundle({ root: ROOT, folder: pieces, commit });
    await setTime(pieces, time);
    const outputs: string[] = [];
    if (offline) {
      const output = join(folder, "argocd-configurer");
      const made = join(work, "made");
      const named = `${version} (${commit})`;
      await buildOffline({
        bundle: pieces,
        output: made,
        version: named,
        unstable,
        time,
        workFolder: join(work, "offline"),
      });
      await move(made, output);
      outputs.push(output);
    }
    for (const target of offline ? [] : options.targets ?? [hostTarget()]) {
      const suffix = options.targets ? `-${target}` : "";
      const output = join(folder, `argocd-configurer${suffix}`);
      // Deno replaces only files that it has created itself.
      const made = join(work, `made-${target}`);
      await compile({ bundle: pieces, output: made, target, unstable });
      await move(made, output);
      outputs.push(output);
    }
    await Deno.writeTextFile(
      join(folder, "argocd-configurer.cdx.json"),
      JSON.stringify(sbom({ contents, timestamp: time }), null, 2) + "\n",
    );
    await Deno.writeTextFile(join(folder, THIRD_PARTY_LICENSES), licenses);
    await writeSums(folder);
    return outputs;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The commit and its time. The commit is marked when files differ from it. */
async function source(): Promise<{ commit: string; time: Date }> {
  const git = async (...args: string[]) => {
    const { success, stdout } = await new Deno.Command("git", {
      args,
      cwd: ROOT,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  };
  const commit = await git("rev-parse", "--short=12", "HEAD").catch(() => undefined);
  if (commit === undefined) return { commit: "unknown", time: new Date(0) };
  const changed = await git("status", "--porcelain", "--untracked-files=no");
  const seconds = Number(await git("show", "--no-patch", "--format=%ct", "HEAD"));
  return { commit: changed === "" ? commit : `${commit}-changed`, time: new Date(seconds * 1000) };
}

/** Replaces `to`, also while it is running, and across file systems. */
async function move(from: string, to: string): Promise<void> {
  const beside = `${to}.new`;
  await Deno.copyFile(from, beside);
  await Deno.chmod(beside, 0o755);
  await Deno.rename(beside, to);
}

/** Sets the time of the files, which is embedded, too. */
async function setTime(folder: string, time: Date): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) await Deno.utime(join(folder, name), time, time);
}

function hostTarget(): Target {
  const target = TARGETS.find((each) => each === Deno.build.target);
  if (target) return target;
  throw new Error(`Cannot build for ${Deno.build.target}: only for ${TARGETS.join(", ")}`);
}

function optionsOf(args: string[]): BuildOptions {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: "string", multiple: true },
      offline: { type: "boolean" },
      folder: { type: "string" },
    },
  });
  const { target, offline, folder } = values;
  if (offline && target) throw new Error("--offline builds for this machine only: no --target");
  if (!target) return { offline, folder };
  const targets = target.flatMap((name) => name === "all" ? [...TARGETS] : [name]);
  const wrong = targets.find((name) => !(TARGETS as readonly string[]).includes(name));
  if (wrong !== undefined) {
    throw new Error(`No target '${wrong}'; there are ${TARGETS.join(", ")}, and all`);
  }
  return { targets: targets as Target[], folder };
}

async function main(): Promise<number> {
  let options: BuildOptions;
  try {
    options = optionsOf(Deno.args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    return 2;
  }
  try {
    for (const output of await build(options)) {
      const { size } = await Deno.stat(output);
      console.log(`${relative(Deno.cwd(), output)}: ${(size / 2 ** 20).toFixed(1)} MiB`);
    }
    return 0;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    return 1;
  }
}

if (import.meta.main) Deno.exitCode = await main();
