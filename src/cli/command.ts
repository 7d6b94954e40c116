import {
  buildCommand,
  type Command,
  type CommandContext,
  type RouteMap,
  type TypedCommandParameters,
} from "@stricli/core";
import { ConfigError } from "../config/load.ts";
import type { Command as OperationCommand, CommandHelp } from "../operations/operation.ts";
import { COLOR_WISHES } from "./color.ts";
import { Failure } from "./failure.ts";
import { printError } from "./terminal.ts";

/** The context of a command. */
export interface CliContext extends CommandContext {
  /** The words up to the cursor; set for completion only. */
  readonly words?: readonly string[];
  /** All commands; set for completion only. */
  readonly root?: RouteMap<CliContext>;
  /** The line after a usage error, which names the command's help. */
  readonly hint?: string;
  /** Shows the help of the program or of a command. */
  readonly help?: (words: readonly string[], as: { readonly man?: boolean }) => Promise<number>;
  /** Sets the program's exit code. */
  finish(exitCode: number): void;
}

/** The help of a command, without its parameters. */
type Explanation = Pick<
  OperationCommand & CommandHelp,
  "brief" | "full" | "exitCodes" | "examples"
>;

/** A command with its help. */
export interface Explained extends Command<CliContext> {
  readonly explained: Explanation;
}

/**
 * Makes a command. Its function is loaded only when the command runs, for a fast start.
 * @param load resolves with the function of the command, which returns the exit code
 */
export function command<
  Flags extends Readonly<Record<string, unknown>>,
  Args extends (string | undefined)[] = [],
>(
  load: () => Promise<(this: CliContext, flags: Flags, ...args: Args) => number | Promise<number>>,
  what:
    & NoInfer<TypedCommandParameters<Flags, Args, CliContext>>
    & Explanation,
): Explained {
  const { brief, full, exitCodes, examples, ...parameters } = what;
  const built = buildCommand<Flags, Args, CliContext>({
    async loader() {
      const run = await load();
      return async function (this: CliContext, flags: Flags, ...args: Args): Promise<void> {
        try {
          this.finish(await run.call(this, flags, ...args));
        } catch (error) {
          const isFailure = error instanceof Failure;
          if (!isFailure && !(error instanceof ConfigError)) throw error;
          printError(`error: ${error.message}\n`);
          if (isFailure && error.isInHelp && this.hint) printError(`${this.hint}\n`);
          this.finish(isFailure ? error.exitCode : 2);
        }
      };
    },
    parameters: { ...parameters, flags: { ...what.flags, ...COLOR_FLAG } } as never,
    docs: { brief },
  });
  return Object.assign(built, { explained: { brief, full, exitCodes, examples } });
}

/**
 * An optional flag that takes a text.
 * @param placeholder name of the value in help; `file` and `folder` complete paths
 * @param words completions; the command validates the value itself
 */
export const text = (brief: string, placeholder: string, words?: readonly string[]) =>
  ({
    kind: "parsed",
    parse: String,
    brief,
    placeholder,
    optional: true,
    ...words === undefined ? {} : { proposeCompletions: () => words },
  }) as const;

/** An optional flag that takes a number in this unit. */
export const number = (brief: string, unit: "seconds" | "number") =>
  ({ kind: "parsed", parse: numberOf(unit), brief, placeholder: unit, optional: true }) as const;

function numberOf(unit: string): (input: string) => number {
  return (input) => {
    const value = Number(input);
    if (input.trim() !== "" && !Number.isNaN(value)) return value;
    throw new SyntaxError(`must be a number${unit === "seconds" ? " of seconds, such as 30" : ""}`);
  };
}

/** An optional flag that takes a duration: seconds, or a number with `s`, `m` or `h`. */
export const duration = (brief: string) =>
  ({ kind: "parsed", parse: secondsOf, brief, placeholder: "time", optional: true }) as const;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses a duration as kubectl's `--request-timeout` does. */
function secondsOf(input: string): number {
  const [, count, unit = "s"] = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])?$/.exec(input) ?? [];
  if (count === undefined) {
    throw new SyntaxError("must be a number of seconds, or a duration such as 90s, 5m or 1h");
  }
  return Number(count) * UNITS[unit]!;
}

/** A switch: an optional flag without a value. */
export const on = (brief: string) =>
  ({ kind: "boolean", brief, optional: true, withNegated: false }) as const;

/** An optional flag that takes one of these words. */
export const choice = <const Word extends string>(brief: string, values: readonly Word[]) =>
  ({ kind: "enum", values, brief, optional: true }) as const;

/**
 * An optional flag that can be repeated; the command splits values at commas.
 * @param words completions; the command validates the value itself
 */
export const list = (brief: string, placeholder: string, words?: readonly string[]) =>
  ({ ...text(brief, placeholder, words), variadic: true }) as const;

/** A flag of every command. Stricli only validates it: `colors` reads it from the arguments. */
const COLOR_FLAG = {
  color: {
    ...choice("When to use colours (default: auto, on a terminal)", COLOR_WISHES),
    group: "output",
  },
} as const;

export const CONFIG_FLAG = text(
  "Configuration file (default: configs/defaults.yaml in the working directory, or config.yaml in " +
    "~/.config/argocd-configurer or /etc/argocd-configurer)",
  "file",
);
