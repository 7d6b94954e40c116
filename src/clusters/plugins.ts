import { isAbsolute, join } from "node:path";
import type { Current } from "../kube/kubeconfig/judge.ts";

/**
 * Why the credential plugin of a kubeconfig's user cannot be run, or `undefined`: looked for as Go
 * looks for programs.
 *
 * Permissions: `--allow-read` of the way to it; what may not be looked at is left to whoever runs it.
 * @param folder the kubeconfig's: a command with a slash is relative to it
 * @param path the PATH of whoever runs it; not looked for without one
 * @see https://pkg.go.dev/os/exec#LookPath
 */
export function whyNoPlugin(
  folder: string,
  { user, usesPlugin }: Current,
  path: string | undefined,
): string | undefined {
  const command = user.exec?.command;
  if (!usesPlugin || command === undefined || path === undefined) return undefined;
  const what = `the credential plugin${shown(command)} of its current user`;
  if (command.includes("/")) {
    const file = isAbsolute(command) ? command : join(folder, command);
    return isProgram(file) ? undefined : `${what} is no file that may be run`;
  }
  const isThere = path.split(":").some((place) => place !== "" && isProgram(join(place, command)));
  return isThere ? undefined : `${what} is not on the server's PATH`;
}

function isProgram(file: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(file);
    return isFile && ((mode ?? 0o111) & 0o111) !== 0;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

/** Its name, unless what stands there may be something else: those are long and full of digits. */
function shown(command: string): string {
  const name = command.slice(command.lastIndexOf("/") + 1);
  const isName = /^[A-Za-z][A-Za-z0-9._+-]{0,39}$/.test(name) && !/(\d.*){5}/.test(name);
  return isName ? ` '${name}'` : "";
}
