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

/** What to use instead of flags that users may expect of any command, but that do not exist. */
const ANYWHERE: Readonly<Record<string, string>> = {
  password: `--password-stdin, --password-file or the environment variable ${PASSWORD_VARIABLE}`,
  token: "the environment variable ARGOCD_CONFIGURER_SERVER_TOKEN",
};

/** A word in the position of a command that is not a command. */
export interface NoCommand {
  readonly input: string;
}

/**
 * The message for wrong arguments. It repeats no value: a value may be a secret, and CI keeps logs.
 * @param ways flags that take a secret, by the name of the flag that does not exist
 * @param flags names of the command's flags
 */
export function parsingError(
  error: unknown,
  ways: Readonly<Record<string, string>>,
  flags: readonly string[],
): string {
  const all = { ...ANYWHERE, ...ways };
  const flag = flagIn(error)?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (flag !== undefined && Object.hasOwn(all, flag)) {
    return `--${flag} is not accepted: every user of this machine can read arguments. Use ${
      all[flag]
    }`;
  }
  if (error instanceof FlagNotFoundError || error instanceof AliasNotFoundError) {
    return noFlag(error, flag, flags);
  }
  if (error instanceof UnexpectedPositionalError) {
    return error.input.startsWith("-")
      ? `Unknown or malformed flag: ${/^(--[\w-]{0,40}|-\w?)/.exec(error.input)![0]}…`
      : `Too many arguments: the command takes ${error.expectedCount || "none"} besides the flags`;
  }
  if (error instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, exception } = error;
    const own = (exception as Error).message;
    // Stricli's message for a switch quotes the value.
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
    return `--${error.externalFlagName} is given twice, but takes one value`;
  }
  return error instanceof Error ? error.message : noCommand(error as NoCommand);
}

/** The message for an unknown flag, with its name only. */
function noFlag(
  error: FlagNotFoundError | AliasNotFoundError,
  name: string | undefined,
  flags: readonly string[],
): string {
  if (error instanceof AliasNotFoundError) return `Unknown flag -${error.input}`;
  const near = closest(name!.replace(/^no-/, ""), flags).map((each) => `--${each}`);
  return `Unknown flag --${name}${didYouMean(near)}`;
}

const noCommand = ({ input }: NoCommand) => `Unknown command '${input.replace(/=.*/s, "=…")}'`;

/**
 * The name of the flag that does not exist. Stricli reports a flag with an empty value, or with a line
 * break in it, as an argument.
 */
function flagIn(error: unknown): string | undefined {
  if (error instanceof FlagNotFoundError) return error.input;
  if (error instanceof AliasNotFoundError) return error.input === "p" ? "password" : undefined;
  if (error instanceof Error && !(error instanceof UnexpectedPositionalError)) return undefined;
  const { input } = error as NoCommand | UnexpectedPositionalError;
  if (/^-p/.test(input)) return "password";
  return /^--([\w-]+)/.exec(input)?.[1];
}
