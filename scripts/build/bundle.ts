import { join } from "node:path";

export interface BundleOptions {
  /** The root of the project. */
  readonly root: string;
  /** Made; has to be empty or missing. */
  readonly folder: string;
  /** What `version` shows beside the version. */
  readonly commit: string;
}

/**
 * Runs the bundler on main.ts, as for what ships.
 * @throws with what it said, when it fails
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
      // Wanted by debug if it is there, and it is there for a development tool only.
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
 * Bundles the program into a folder: `main.js` with what every start needs, beside it pieces that are
 * loaded when used. The commit is put where the source has a word for it.
 * @throws when the bundler fails, or the word is not there exactly once
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

/** The name of the piece that has the word for the commit, and its text with the commit. */
export function withCommit(
  pieces: ReadonlyMap<string, string>,
  commit: string,
): [name: string, text: string] {
  const found = [...pieces].filter(([, text]) => text.includes(WORD));
  const [[name, text] = ["", ""]] = found;
  if (found.length !== 1 || text.split(WORD).length !== 2) {
    throw new Error(`Cannot bundle: the word for the commit is not there exactly once`);
  }
  return [name, text.replace(WORD, () => commit)];
}

/** In the source, for the commit of the build. */
const WORD = "COMMIT-OF-THE-BUILD";
