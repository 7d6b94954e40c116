import { join } from "node:path";

/** What every start loads, joined; main.js imports it. */
const START = "start.js";

/** Stands for `import(…)` while the pieces are joined, so that what it loads stays apart. */
const LOAD = "LOADED_WHEN_USED";

/**
 * Joins the pieces that main.js needs at every start into one, because each file that Deno loads
 * takes some tenths of a millisecond. They do not go into main.js itself: it waits for the program,
 * and a piece that is loaded meanwhile would wait for it.
 * @throws when the pieces are not as the bundler is known to write them
 */
export async function joinStart(folder: string): Promise<void> {
  const pieces = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    pieces.set(name, await Deno.readTextFile(join(folder, name)));
  }
  const ofStart = [...reachedFrom("main.js", pieces)].filter((name) => name !== "main.js");
  await Deno.writeTextFile(join(folder, START), await joined(ofStart, pieces));
  for (const name of ofStart) await Deno.remove(join(folder, name));
  for (const [name, text] of pieces) {
    if (ofStart.includes(name)) continue;
    await Deno.writeTextFile(join(folder, name), importedFromStart(name, text, ofStart));
  }
}

/** The pieces that are loaded with this one, itself too. */
export function reachedFrom(first: string, texts: ReadonlyMap<string, string>): Set<string> {
  const reached = new Set<string>();
  const go = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const imports = (texts.get(name) ?? "").matchAll(/(?:from|import) ?"\.\/([^"]+)"/g);
    for (const [, next] of imports) go(next!);
  };
  go(first);
  return reached;
}

/** One module of several, which exports `NAME` of the nth as `piece_n_NAME`. */
async function joined(
  names: readonly string[],
  pieces: ReadonlyMap<string, string>,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const lines: string[] = [];
    for (const [i, name] of names.entries()) {
      const text = pieces.get(name)!;
      await Deno.writeTextFile(join(folder, name), text.replaceAll(/\bimport\(/g, `${LOAD}(`));
      const exported = exportsOf(text).map((each) => `${each} as ${nameIn(i, each)}`);
      lines.push(`export { ${exported.join(", ")} } from "./${name}";`);
    }
    await Deno.writeTextFile(join(folder, "entry.js"), lines.join("\n"));
    const output = join(folder, START);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--no-config",
        "--minify",
        "--platform=deno",
        `--output=${output}`,
        "entry.js",
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot join: ${new TextDecoder().decode(stderr).trim()}`);
    return (await Deno.readTextFile(output)).replaceAll(`${LOAD}(`, "import(");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const nameIn = (piece: number, name: string) => `piece_${piece}_${name}`;

/** What a piece exports: in one list behind all else, as the bundler writes it. */
function exportsOf(text: string): string[] {
  const lists = [...text.matchAll(/\bexport ?\{([^{}]*)\};/g)];
  if (lists.length > 1) throw new Error("Cannot join: a piece exports more than once");
  return (lists[0]?.[1] ?? "").split(",").map((each) => each.trim()).filter((each) => each !== "")
    .map((each) => each.split(" as ").at(-1)!);
}

/** A piece that imports from the joined one what it imported from those that went into it. */
function importedFromStart(name: string, text: string, ofStart: readonly string[]): string {
  const changed = text
    .replace(/\b(import|export) ?\{([^{}]*)\} ?from ?"\.\/([^"]+)"/g, (all, verb, list, from) => {
      const piece = ofStart.indexOf(from);
      if (piece === -1) return all;
      const names = (list as string).split(",").map((each) => {
        const [there = "", here = there] = each.trim().split(" as ");
        return `${nameIn(piece, there)} as ${here}`;
      });
      return `${verb}{${names.join(",")}}from"./${START}"`;
    })
    .replace(
      /\bimport ?"\.\/([^"]+)";?/g,
      (all, from) => ofStart.includes(from) ? "" : all,
    );
  const left = ofStart.find((each) => changed.includes(`"./${each}"`));
  if (left !== undefined) throw new Error(`Cannot join: ${name} imports ${left} in another way`);
  return changed;
}
