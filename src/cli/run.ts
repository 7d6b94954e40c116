import {
  type Application,
  type ApplicationText,
  buildApplication,
  buildRouteMap,
  ExitCode,
  type RouteMap,
  run as runApplication,
  text_en as english,
} from "@stricli/core";
import { flushLog } from "../log/logger.ts";
import { aliased, isHelp, refusalOf } from "./aliases.ts";
import { asTaken, hyphened, targetOf } from "./arguments.ts";
import { bugText } from "./bug.ts";
import type { Context } from "./command.ts";
import { Failure } from "./failure.ts";
import { serve } from "./serve_command.ts";
import { asksForHelp, showHelp, showHelpOf, showManual } from "./show_help.ts";
import { print, printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

const NAME = "argocd-configurer";

/** How the help of a command is shown; of none, that of all. */
const hintOf = (command: readonly string[]) =>
  command.length === 0
    ? `(${NAME} --help shows the commands, ${NAME} COMMAND --help its flags)`
    : `(${[NAME, ...command].join(" ")} --help shows how it is used)`;

/** @param onWrong told what is wrong with the arguments, of which nothing is said yet */
const texts = (onWrong: (error: unknown) => void): ApplicationText => ({
  ...english,
  briefs: {
    ...english.briefs,
    argumentEscapeSequence: "What comes after it is no flag",
  },
  exceptionWhileParsingArguments(error) {
    onWrong(error);
    return "";
  },
  formatException: bugText,
  exceptionWhileRunningCommand: (error) => `error: ${bugText(error)}`,
  exceptionWhileRunningIntegrationFlag(args) {
    const { exception } = args;
    return exception instanceof Failure
      ? `error: ${exception.message}`
      : english.exceptionWhileRunningIntegrationFlag(args);
  },
  noCommandRegisteredForInput(what) {
    onWrong(what);
    return "";
  },
});

/** The program with these commands. */
function application(
  root: RouteMap<Context>,
  onWrong: (error: unknown) => void = () => {},
): Application<Context> {
  return buildApplication(root, {
    name: NAME,
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: {
      caseStyle: "convert-camel-to-kebab",
      disableAnsiColor: true,
      onlyRequiredInUsageLine: true,
    },
    completion: { includeAliases: false },
    localization: { text: texts(onWrong) },
  });
}

/** The program with all its commands, each with its flags. */
export async function wholeApplication(): Promise<Application<Context>> {
  return application(await (await import("./commands.ts")).commandsFor("all"));
}

/** All commands, or those that these words need: a server that starts waits for no other. */
async function commandsFor(words: readonly string[]): Promise<RouteMap<Context>> {
  return words[0] === "serve"
    ? buildRouteMap({ routes: { serve }, docs: { brief: "" } })
    : await (await import("./commands.ts")).commandsFor(words);
}

/** Flags without a command are for `serve`, but for those of the program itself. */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const isWhole = first === undefined || !first.startsWith("-") || isHelp(first) ||
    ["-v", "--version"].includes(first);
  return isWhole ? args : ["serve", ...args];
}

/**
 * Runs the program with its arguments.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration; `status` and what
 * is done on several clusters have a 3, and 130 is a Ctrl-C at a question
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    return await ran(args);
  } catch (error) {
    flushLog();
    const isFailure = error instanceof Failure;
    printError(`error: ${isFailure ? error.message : bugText(error)}\n`);
    return isFailure ? error.exitCode : 1;
  }
}

async function ran(args: readonly string[]): Promise<number> {
  // What the shells' scripts ask; no command, since its words are those of other commands.
  if (args[0] === "complete" && args[1] === "--") return await completed(args.slice(2));
  let code = 0;
  const wrong: unknown[] = [];
  const process: { exitCode?: number | string | null } & Context["process"] = {
    stdout: { write: print },
    stderr: { write: (text) => wrong.length === 0 && printError(text) },
  };
  const words = aliased(withCommand(args));
  const root = await commandsFor(words);
  const { command } = targetOf(root, words);
  const hint = hintOf(words[0] === "serve" && args[0] !== "serve" ? [] : command);
  const refusal = refusalOf(root, words);
  if (refusal !== undefined) {
    printError(`error: ${refusal.message}\n${hintOf(refusal.command)}\n`);
    return 2;
  }
  if (asksForHelp(root, words)) return await showHelp(command);
  const context: Context = {
    process,
    hint,
    help: (words, { man }) => man ? showManual() : showHelpOf(words),
    finish(exitCode) {
      code = exitCode;
    },
  };
  const taken = asTaken(root, words, (flag, value) => {
    if (value === "server") return;
    printError(
      `warning: ${flag} without a value is ${flag}=${value}; use ${flag}=server to ask the cluster\n`,
    );
  });
  await runApplication(application(root, (error) => wrong.push(error)), taken, context);
  if (wrong.length > 0) {
    const { parsingError } = await import("./parsing_error.ts");
    const ways = await (await import("./commands.ts")).secretWays();
    const flags = Object.keys(targetOf(root, words).flags).map(hyphened);
    for (const each of wrong) printError(`error: ${parsingError(each, ways, flags)}\n`);
    if (await isCommandLater(args)) {
      printError(`hint: flags come after the command: ${NAME} COMMAND [flags]\n`);
    }
    printError(`${hint}\n`);
  }
  flushLog();
  switch (process.exitCode) {
    case ExitCode.Success:
      return code;
    case ExitCode.InvalidArgument:
    case ExitCode.UnknownCommand:
      return 2;
    default:
      return 1;
  }
}

/** Whether a command stands behind flags, as other programs take it. */
async function isCommandLater(args: readonly string[]): Promise<boolean> {
  if (!args[0]?.startsWith("-")) return false;
  const root = await (await import("./commands.ts")).commandsFor([]);
  return args.some((word) => targetOf(root, aliased([word])).command.length > 0);
}

/**
 * Prints what a command line may become.
 * @param words up to the cursor
 */
async function completed(words: readonly string[]): Promise<number> {
  const { complete } = await import("./completion.ts");
  const { commandsFor } = await import("./commands.ts");
  const last = words.at(-1) ?? "";
  const own = aliased(words.slice(0, -1));
  const root = await commandsFor([...own, last]);
  const before = asTaken(root, own, undefined, !last.startsWith("-"));
  try {
    return await complete(application(root), [...before, ...words.slice(-1)], print);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 1;
  }
}
