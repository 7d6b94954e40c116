import { Failure } from "../failure.ts";
import { askHidden, askLine, isTerminal } from "./ask.ts";
import { missing } from "./flag_words.ts";
import { PASSWORD_VARIABLE, type SecretInput } from "./secret_input.ts";

export type PasswordFlags = {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
};

/** Whether flags say where the password is. */
export function hasPasswordFlag({ passwordStdin, passwordFile }: PasswordFlags): boolean {
  return passwordStdin === true || passwordFile !== undefined;
}

/**
 * Whether there is a user name and a password, or somebody before a terminal can be asked.
 * @returns by the API's fields
 */
export function loginGiven(flags: PasswordFlags) {
  const isAsked = isTerminal();
  return {
    username: flags.username !== undefined || isAsked,
    password: hasPasswordFlag(flags) || Boolean(Deno.env.get(PASSWORD_VARIABLE)) || isAsked,
  };
}

/**
 * The user name by flag or, where none is given, as somebody before a terminal says.
 * @param place for the question
 * @throws {Failure} when nothing is said
 */
export async function usernameOf(
  { username }: PasswordFlags,
  place: string,
): Promise<string | undefined> {
  if (username !== undefined || !isTerminal()) return username;
  const said = await askLine(`User name for ${place}: `);
  if (said === "") throw new Failure(missing(["username"]), 2);
  return said;
}

/**
 * The password by flag; where one is wanted and none is given, by the environment, or asked for
 * where somebody sits before a terminal.
 * @param place for the question
 * @returns `undefined` when there is none: the API says whether one was needed
 * @throws {Failure}
 */
export async function passwordOf(
  flags: PasswordFlags,
  input: SecretInput,
  place: string,
  isWanted: boolean,
): Promise<string | undefined> {
  const { username, passwordStdin: stdin, passwordFile: file } = flags;
  const given = await input.line({ flag: "--password", stdin, file });
  if (given !== undefined || !isWanted) return given;
  const ofEnvironment = Deno.env.get(PASSWORD_VARIABLE);
  if (ofEnvironment) return ofEnvironment;
  // Who has forgotten the user's name is told so first.
  if (username === undefined || !isTerminal()) return undefined;
  return await askHidden(`Password of ${username} for ${place}: `);
}
