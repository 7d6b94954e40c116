import { join } from "node:path";

/**
 * The first program of that name in the folders of a PATH, or `undefined`. It is looked for without
 * running it, which for kubectl would take as long as all the rest of a start.
 *
 * Permissions: `--allow-read` of these folders.
 * @param unseen whether what may not be looked at counts as a program
 * @see https://pkg.go.dev/os/exec#LookPath
 */
export function findProgram(name: string, path: string, unseen = false): string | undefined {
  return path.split(":").filter((folder) => folder !== "").map((folder) => join(folder, name))
    .find((file) => isProgram(file, unseen));
}

/** Whether it is a file that may be run. */
export function isProgram(file: string, unseen = false): boolean {
  try {
    const { isFile, mode } = Deno.statSync(file);
    return isFile && ((mode ?? 0o111) & 0o111) !== 0;
  } catch (error) {
    return unseen && error instanceof Deno.errors.NotCapable;
  }
}
