import { isAbsolute, join } from "node:path";
import { findProgram, isProgram } from "../files/programs.ts";
import { fileProblem, IS_FOLDER, type Trust } from "../files/trusted.ts";
import type { Current } from "../kube/kubeconfig/judge.ts";

/** Where programs are looked up, and who may own and write to them. */
export interface ProgramRules extends Trust {
  /** The PATH with which programs are run. @default programs are not checked */
  readonly programs?: string | undefined;
}

/**
 * Why the credential plugin of a kubeconfig's user cannot be run; `undefined` when it can.
 *
 * Permissions: `--allow-read` of the folders on its path. A plugin that Deno's permissions exclude is not
 * checked.
 * @param folder of the kubeconfig; a command with a slash is relative to it
 */
export function whyNoPlugin(
  folder: string,
  { user, usesPlugin }: Current,
  rules: ProgramRules,
): string | undefined {
  const { programs } = rules;
  const command = user.exec?.command;
  if (!usesPlugin || command === undefined || programs === undefined) return undefined;
  const what = `the credential plugin${shown(command)} of its current user`;
  if (command.includes("/")) {
    const file = isAbsolute(command) ? command : join(folder, command);
    return distrust(file) ??
      (isProgram(file, true) ? undefined : `${what} is not an executable file`);
  }
  const found = findProgram(command, programs, true);
  return found === undefined
    ? `${what} is not on the server's PATH (executable not found)`
    : distrust(found);

  function distrust(file: string): string | undefined {
    const problem = problemOrNone(file, rules);
    const isFolder = problem?.why === IS_FOLDER; // not a program, whoever owns it
    return problem === undefined || isFolder
      ? undefined
      : `${what} cannot be trusted: ${problem.why}`;
  }
}

function problemOrNone(file: string, trust: Trust) {
  try {
    return fileProblem(file, trust, Infinity);
  } catch (error) {
    // `isProgram` handles missing files; files that Deno's permissions exclude are not checked.
    if (error instanceof Deno.errors.NotCapable || "code" in (error as Error)) return undefined;
    throw error;
  }
}

/** The plugin's name, for messages. It is left out when it may be a secret: long, or with many digits. */
function shown(command: string): string {
  const name = command.slice(command.lastIndexOf("/") + 1);
  const isName = /^[A-Za-z][A-Za-z0-9._+-]{0,39}$/.test(name) && !/(\d.*){5}/.test(name);
  return isName ? ` '${name}'` : "";
}
