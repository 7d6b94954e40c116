import { join } from "node:path";

/**
 * The first executable of this name in the folders of a PATH; `undefined` when there is none. The program is
 * not run, since running kubectl takes as long as the rest of argocd-configurer's start.
 *
 * Permissions: `--allow-read` of these folders.
 * @param unseen whether a file that Deno's permissions exclude counts as a program
 * @see https://pkg.go.dev/os/exec#LookPath
 */
export function findProgram(name: string, path: string, unseen = false): string | undefined {
  return path.split(":").filter((folder) => folder !== "").map((folder) => join(folder, name))
    .find((file) => isProgram(file, unseen));
}

/** Whether a path is an executable file. */
export function isProgram(file: string, unseen = false): boolean {
  try {
    const { isFile, mode } = Deno.statSync(file);
    return isFile && ((mode ?? 0o111) & 0o111) !== 0;
  } catch (error) {
    return unseen && error instanceof Deno.errors.NotCapable;
  }
}
