import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
} from "@stricli/core";
import { PASSWORD_VARIABLE } from "./credentials/secret_input.ts";

/** How secrets are given that no operation has, or every command may be thought to take. */
const ANYWHERE: Readonly<Record<string, string>> = {
  password: `--password-stdin, --password-file or the variable ${PASSWORD_VARIABLE}`,
  token: "the variable ARGOCD_CONFIGURER_SERVER_TOKEN",
};

/** A word at the place of a command that is none. */
export interface NoCommand {
  readonly input: string;
  readonly corrections: readonly string[];
}

/**
 * What is wrong with the arguments. No value is repeated, as it may be a secret and errors are kept in
 * logs.
 * @param ways how operations take their secrets, by the flag that there is not for them
 * @param isFlag whether the command has a flag of this name
 */
export function parsingError(
  error: unknown,
  ways: Readonly<Record<string, string>>,
  isFlag: (name: string) => boolean,
): string {
  const all = { ...ANYWHERE, ...ways };
  const flag = flagIn(error)?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (flag !== undefined && Object.hasOwn(all, flag)) {
    return `Cannot take --${flag}: arguments are seen by everyone on this machine; give it by ${
      all[flag]
    }`;
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
    return `${isFlag(name) ? `--${name}` : name.toUpperCase()} ${rule}`;
  }
  if (error instanceof EnumValidationError) {
    return `--${error.externalFlagName} must be ${anyOf(error.values)}`;
  }
  if (error instanceof InvalidNegatedFlagSyntaxError) {
    return `--${error.externalFlagName} takes no value`;
  }
  if (error instanceof UnexpectedFlagError) {
    return `--${error.externalFlagName} is there twice, and takes one value`;
  }
  return error instanceof Error ? error.message : noCommand(error as NoCommand);
}

function noCommand({ input, corrections }: NoCommand): string {
  const meant = corrections.length > 0 ? `; did you mean ${corrections.join(" or ")}?` : "";
  return `No command '${input.replace(/=.*/s, "=…")}'${meant}`;
}

/** `bash, zsh or fish` */
export const anyOf = (words: readonly string[]) => words.join(", ").replace(/, ([^,]*)$/, " or $1");

/** The flag that there is not, without its value. Stricli takes for no flag what has one with a line end, or an empty one. */
function flagIn(error: unknown): string | undefined {
  if (error instanceof FlagNotFoundError) return error.input;
  if (error instanceof AliasNotFoundError) return error.input === "p" ? "password" : undefined;
  if (error instanceof Error && !(error instanceof UnexpectedPositionalError)) return undefined;
  const { input } = error as NoCommand | UnexpectedPositionalError;
  if (/^-p/.test(input)) return "password";
  return /^--([\w-]+)/.exec(input)?.[1];
}
