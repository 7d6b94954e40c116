import { askHidden, isTerminal } from "./ask.ts";
import { PASSWORD_VARIABLE, type SecretInput } from "./secret_input.ts";

export type PasswordFlags = {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
};

/**
 * The password by flag; where one is wanted and none is given, by the environment, or asked for
 * where somebody sits before a terminal.
 * @param place for the question
 * @returns `undefined` when there is none: the API says whether one was needed
 * @throws {Failure}
 */
export async function passwordOf(
  { username, passwordStdin: stdin, passwordFile: file }: PasswordFlags,
  input: SecretInput,
  place: string,
  isWanted: boolean,
): Promise<string | undefined> {
  const given = await input.line({ flag: "--password", stdin, file });
  if (given !== undefined || !isWanted) return given;
  const ofEnvironment = Deno.env.get(PASSWORD_VARIABLE);
  if (ofEnvironment) return ofEnvironment;
  // Who has forgotten the user's name is told so first.
  if (username === undefined || !isTerminal()) return undefined;
  return await askHidden(`Password of ${username} for ${place}: `);
}
