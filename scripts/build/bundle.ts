import { join } from "node:path";
import { joinStart, reachedFrom } from "./join_start.ts";

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
 * Bundles the program into a folder: `main.js` and `start.js` with what every start needs, beside them
 * pieces that are loaded when used. Then what the bundler leaves to be desired is mended, each time exactly as often
 * as expected: a new Deno that bundles otherwise fails here and not on the user's machine.
 * @throws when the bundler fails, or its output is not as known
 */
export async function bundle({ root, folder, commit }: BundleOptions): Promise<void> {
  await runBundler(root, folder);
  const pieces = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    pieces.set(name, await Deno.readTextFile(join(folder, name)));
  }
  for (const [name, text] of mended(pieces, commit)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  await joinStart(folder);
}

/** Texts of the pieces by name, mended. */
export function mended(
  pieces: ReadonlyMap<string, string>,
  commit: string,
): Map<string, string> {
  const names = [...pieces.keys()];
  const texts = new Map(pieces);

  /** Replaces what has to be in exactly one piece, exactly once. */
  function once(what: string, pattern: RegExp, by: (...groups: string[]) => string): void {
    const found = names.flatMap((name) =>
      [...texts.get(name)!.matchAll(new RegExp(pattern, "g"))].map(() => name)
    );
    const [name] = found;
    if (name === undefined || found.length !== 1) {
      throw new Error(`Cannot mend the bundle: ${what} is there ${found.length} times, not once`);
    }
    texts.set(name, texts.get(name)!.replace(pattern, (_, ...groups) => by(...groups)));
  }

  once("the commit", /COMMIT-OF-THE-BUILD/, () => commit);
  // Every piece imports this one, for few to use it: Node's module loader would be set up at each
  // start, which takes as long as all the rest.
  once(
    "the preamble for CommonJS modules",
    /import\{createRequire as (\w+)\} ?from ?"node:module";var (\w+)=\1\(import\.meta\.url\);/,
    (_, name) =>
      `var ${name}=(id)=>process.getBuiltinModule("node:module").createRequire(import.meta.url)(id);`,
  );
  // LogTape has an inspect() for Deno, but its package.json names that for Node first, and Node's
  // takes some milliseconds to load. This is the one for Deno.
  // https://github.com/dahlia/logtape/blob/2.4.2/packages/logtape/src/util.deno.ts
  const logtape = names.filter((name) => /from ?"node:util"/.test(texts.get(name)!));
  const isStart = reachedFrom("main.js", texts);
  const [atStart, ...more] = logtape.filter((name) => isStart.has(name));
  if (atStart === undefined || more.length > 0) {
    throw new Error("Cannot mend the bundle: not one piece of the start imports node:util");
  }
  const text = texts.get(atStart)!;
  const imported = /import (\w+) from ?"node:util";/.exec(text);
  const uses = imported ? [...text.matchAll(new RegExp(`\\b${imported[1]}\\.(\\w+)`, "g"))] : [];
  if (!imported || uses.length === 0 || uses.some(([, member]) => member !== "inspect")) {
    throw new Error("Cannot mend the bundle: node:util is used for more than inspect()");
  }
  texts.set(
    atStart,
    text.replace(
      imported[0],
      `var ${imported[1]}={inspect:(v,o)=>Deno.inspect(v,{colors:o?.colors,` +
        `depth:o?.depth??void 0,compact:o?.compact??!0})};`,
    ),
  );
  for (const name of isStart) {
    if (/from ?"node:/.test(texts.get(name)!)) {
      throw new Error(`Cannot mend the bundle: a start loads Node's modules in ${name}`);
    }
  }
  return texts;
}

/**
 * Hides which pieces are loaded when used. `deno run` reads all that it can see, megabytes at each
 * start. Not for `deno compile`, which has read them when it compiles and embeds what it sees.
 */
export async function hideImports(folder: string): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) {
    const file = join(folder, name);
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(
      file,
      text.replaceAll(/\bimport\("(\.\/[^"]+\.js)"\)/g, 'import(String("$1"))'),
    );
  }
}
