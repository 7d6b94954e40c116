/**
 * `deno run --allow-read --allow-write scripts/build/sums.ts FOLDER`: writes FOLDER/SHA256SUMS, for
 * `sha256sum --check SHA256SUMS` there.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

export const SUMS = "SHA256SUMS";

/**
 * Writes the checksums of all files below a folder, sorted by name, without the list itself.
 *
 * @throws when there is no file, or one with a name that the format has to escape
 */
export async function writeSums(folder: string): Promise<void> {
  const names = (await filesBelow(folder)).filter((name) => name !== SUMS).sort();
  if (names.length === 0) throw new Error(`Cannot write checksums: ${folder} has no files`);
  const lines: string[] = [];
  for (const name of names) {
    if (/[\\\n\r]/.test(name)) throw new Error(`Cannot list the file ${JSON.stringify(name)}`);
    lines.push(`${await sha256(join(folder, name))}  ${name}\n`);
  }
  await Deno.writeTextFile(join(folder, SUMS), lines.join(""));
}

/** Names relative to the folder, with "/". */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(join(folder, prefix))) {
    const name = prefix + entry.name;
    if (entry.isDirectory) names.push(...await filesBelow(folder, `${name}/`));
    else names.push(name);
  }
  return names;
}

/** Reads in chunks, since an executable has about 100 MB. */
async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

if (import.meta.main) {
  const [folder, ...others] = Deno.args;
  if (!folder || others.length) throw new Error("Give the folder");
  await writeSums(folder);
}
