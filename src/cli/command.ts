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

/** What a command is run with. */
export interface Context extends CommandContext {
  /** Those up to the cursor, when it is completed and not run. */
  readonly words?: readonly string[];
  /** All commands, when it is completed and not run. */
  readonly root?: RouteMap<Context>;
  /** How the help of the command is shown. */
  readonly hint?: string;
  /** Shows the help of the program or of a command. */
  readonly help?: (words: readonly string[], as: { readonly man?: boolean }) => Promise<number>;
  /** Sets the program's exit code. */
  finish(exitCode: number): void;
}

/** What help says of a command besides its parameters. */
type Explanation = Pick<
  OperationCommand & CommandHelp,
  "brief" | "full" | "exitCodes" | "examples"
>;

/** A command with what help says of it. */
export interface Explained extends Command<Context> {
  readonly explained: Explanation;
}

/**
 * One command. What it does is loaded when it runs, because a start waits for what is loaded.
 * @param load gives the function that runs it and resolves with the exit code
 */
export function command<
  Flags extends Readonly<Record<string, unknown>>,
  Args extends (string | undefined)[] = [],
>(
  load: () => Promise<(this: Context, flags: Flags, ...args: Args) => number | Promise<number>>,
  what:
    & NoInfer<TypedCommandParameters<Flags, Args, Context>>
    & Explanation,
): Explained {
  const { brief, full, exitCodes, examples, ...parameters } = what;
  const built = buildCommand<Flags, Args, Context>({
    async loader() {
      const run = await load();
      return async function (this: Context, flags: Flags, ...args: Args): Promise<void> {
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
 * A flag that may be left out, and takes a text.
 * @param placeholder what it is; for a `file` or `folder` shells propose those
 * @param words that are proposed: what is none of them is told when it is looked at
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

/** The same for a number, in this unit. */
export const number = (brief: string, unit: "seconds" | "number") =>
  ({ kind: "parsed", parse: numberOf(unit), brief, placeholder: unit, optional: true }) as const;

function numberOf(unit: string): (input: string) => number {
  return (input) => {
    const value = Number(input);
    if (input.trim() !== "" && !Number.isNaN(value)) return value;
    throw new SyntaxError(`must be a number${unit === "seconds" ? " of seconds, like 30" : ""}`);
  };
}

/** A flag that may be left out, and takes a time: seconds, or a number with `s`, `m` or `h`. */
export const duration = (brief: string) =>
  ({ kind: "parsed", parse: secondsOf, brief, placeholder: "time", optional: true }) as const;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** As kubectl takes its `--request-timeout`. */
function secondsOf(input: string): number {
  const [, count, unit = "s"] = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])?$/.exec(input) ?? [];
  if (count === undefined) {
    throw new SyntaxError("must be a time: a number of seconds, or one like 90s, 5m or 1h");
  }
  return Number(count) * UNITS[unit]!;
}

/** A flag that may be there or not, and takes nothing. */
export const on = (brief: string) =>
  ({ kind: "boolean", brief, optional: true, withNegated: false }) as const;

/** A flag that may be left out, and takes one of some words. */
export const choice = <const Word extends string>(brief: string, values: readonly Word[]) =>
  ({ kind: "enum", values, brief, optional: true }) as const;

/** A flag that may be left out, or given several times; commas in it are for the command. */
export const list = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, brief, placeholder, optional: true, variadic: true }) as const;

/** A flag of every command; which colours there are is looked for where something is printed. */
const COLOR_FLAG = {
  color: {
    ...choice("When to colour the output (default: auto, on a terminal)", COLOR_WISHES),
    group: "output",
  },
} as const;

export const CONFIG_FLAG = text(
  "Configuration file (default: configs/defaults.yaml here, else config.yaml in " +
    "~/.config/argocd-configurer or /etc/argocd-configurer)",
  "file",
);
