import { join } from "node:path";

export interface BundleOptions {
  /** The root of the project. */
  readonly root: string;
  /** The output folder; it has to be empty or missing. */
  readonly folder: string;
  /** The commit that `version` shows. */
  readonly commit: string;
}

/**
 * Runs the bundler on main.ts, as for a release.
 * @throws {Error} with its output, when it fails
 */
export async function runBundler(root: string, folder: string, ...flags: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--frozen",
      "--minify",
      "--platform=deno",
      "--code-splitting",
      // An optional dependency of debug, which is installed for a development tool only.
      "--external=supports-color",
      ...flags,
      `--outdir=${folder}`,
      "main.ts",
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr).trim()}`);
}

/**
 * Bundles the program into a folder: `main.js` with the code of every start, and chunks that are loaded when
 * needed. The commit replaces a placeholder in the source.
 * @throws when the bundler fails, or the placeholder does not occur exactly once
 */
export async function bundle({ root, folder, commit }: BundleOptions): Promise<void> {
  await runBundler(root, folder);
  const pieces = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    pieces.set(name, await Deno.readTextFile(join(folder, name)));
  }
  const [name, text] = withCommit(pieces, commit);
  await Deno.writeTextFile(join(folder, name), text);
}

/** The name of the chunk with the placeholder, and its text with the commit. */
export function withCommit(
  pieces: ReadonlyMap<string, string>,
  commit: string,
): [name: string, text: string] {
  const found = [...pieces].filter(([, text]) => text.includes(WORD));
  const [[name, text] = ["", ""]] = found;
  if (found.length !== 1 || text.split(WORD).length !== 2) {
    throw new Error(`Cannot bundle: the placeholder of the commit does not occur exactly once`);
  }
  return [name, text.replace(WORD, () => commit)];
}

/** The placeholder in the source. */
const WORD = "COMMIT-OF-THE-BUILD";
