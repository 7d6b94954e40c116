import { isAbsolute, join } from "node:path";
import { findProgram, isProgram } from "../files/programs.ts";
import { faultOf, type Trust } from "../files/trusted.ts";
import type { Current } from "../kube/kubeconfig/judge.ts";

/** Where programs are looked for, and who may own them and write to them. */
export interface ProgramRules extends Trust {
  /** The PATH of whoever runs them. @default they are not looked for */
  readonly programs?: string | undefined;
}

/**
 * Why the credential plugin of a kubeconfig's user cannot be run, or `undefined`.
 *
 * Permissions: `--allow-read` of the way to it; what may not be looked at is left to whoever runs it.
 * @param folder the kubeconfig's: a command with a slash is relative to it
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
      (isProgram(file, true) ? undefined : `${what} is no file that may be run`);
  }
  const found = findProgram(command, programs, true);
  return found === undefined ? `${what} is not on the server's PATH` : distrust(found);

  function distrust(file: string): string | undefined {
    const fault = faultOrNone(file, rules);
    const isFolder = fault?.why === "it is a folder"; // which is no program, whoever's it is
    return fault === undefined || isFolder ? undefined : `${what} is not used: ${fault.why}`;
  }
}

function faultOrNone(file: string, trust: Trust) {
  try {
    return faultOf(file, trust, Infinity);
  } catch (error) {
    // One that cannot be got at is no program either; one that may not be looked at is left alone.
    if (error instanceof Deno.errors.NotCapable || "code" in (error as Error)) return undefined;
    throw error;
  }
}

/** Its name, unless what stands there may be something else: those are long and full of digits. */
function shown(command: string): string {
  const name = command.slice(command.lastIndexOf("/") + 1);
  const isName = /^[A-Za-z][A-Za-z0-9._+-]{0,39}$/.test(name) && !/(\d.*){5}/.test(name);
  return isName ? ` '${name}'` : "";
}
