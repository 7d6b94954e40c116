import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
} from "@stricli/core";
import { PASSWORD_VARIABLE } from "./client/secret_input.ts";
import { closest, didYouMean, orOf } from "./proposals.ts";

/** How secrets are given that no operation has, or every command may be thought to take. */
const ANYWHERE: Readonly<Record<string, string>> = {
  password: `--password-stdin, --password-file or the variable ${PASSWORD_VARIABLE}`,
  token: "the variable ARGOCD_CONFIGURER_SERVER_TOKEN",
};

/** A word at the place of a command that is none. */
export interface NoCommand {
  readonly input: string;
}

/**
 * What is wrong with the arguments. No value is repeated, as it may be a secret and errors are kept in
 * logs.
 * @param ways how operations take their secrets, by the flag that there is not for them
 * @param flags the names of those that the command has
 */
export function parsingError(
  error: unknown,
  ways: Readonly<Record<string, string>>,
  flags: readonly string[],
): string {
  const all = { ...ANYWHERE, ...ways };
  const flag = flagIn(error)?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (flag !== undefined && Object.hasOwn(all, flag)) {
    return `Cannot take --${flag}: arguments are seen by everyone on this machine; give it by ${
      all[flag]
    }`;
  }
  if (error instanceof FlagNotFoundError || error instanceof AliasNotFoundError) {
    return noFlag(error, flag, flags);
  }
  if (error instanceof UnexpectedPositionalError) {
    return error.input.startsWith("-")
      ? `No such flag, or it cannot be read: ${/^(--[\w-]{0,40}|-\w?)/.exec(error.input)![0]}…`
      : `Too many arguments: ${error.expectedCount || "none"} may be there besides the flags`;
  }
  if (error instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, exception } = error;
    const own = (exception as Error).message;
    // What Stricli says of a switch quotes the value.
    const rule = own.startsWith("must be ") ? own : "takes no value";
    return `${flags.includes(name) ? `--${name}` : name.toUpperCase()} ${rule}`;
  }
  if (error instanceof EnumValidationError) {
    return `--${error.externalFlagName} must be ${orOf(error.values)}` +
      didYouMean(closest(error.input, error.values));
  }
  if (error instanceof InvalidNegatedFlagSyntaxError) {
    return `--${error.externalFlagName} takes no value`;
  }
  if (error instanceof UnexpectedFlagError) {
    return `--${error.externalFlagName} is there twice, and takes one value`;
  }
  return error instanceof Error ? error.message : noCommand(error as NoCommand);
}

/** Of one that has a value in it only the name. */
function noFlag(
  error: FlagNotFoundError | AliasNotFoundError,
  name: string | undefined,
  flags: readonly string[],
): string {
  if (error instanceof AliasNotFoundError) return `No flag -${error.input}`;
  const near = closest(name!.replace(/^no-/, ""), flags).map((each) => `--${each}`);
  return `No flag --${name}${didYouMean(near)}`;
}

const noCommand = ({ input }: NoCommand) => `No command '${input.replace(/=.*/s, "=…")}'`;

/** The flag that there is not, without its value. Stricli takes for no flag what has one with a line end, or an empty one. */
function flagIn(error: unknown): string | undefined {
  if (error instanceof FlagNotFoundError) return error.input;
  if (error instanceof AliasNotFoundError) return error.input === "p" ? "password" : undefined;
  if (error instanceof Error && !(error instanceof UnexpectedPositionalError)) return undefined;
  const { input } = error as NoCommand | UnexpectedPositionalError;
  if (/^-p/.test(input)) return "password";
  return /^--([\w-]+)/.exec(input)?.[1];
}
