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
import { asTaken, findCommand, hyphened } from "./arguments.ts";
import type { CliContext } from "./command.ts";
import { bugText, Failure } from "./failure.ts";
import { serveCommand } from "./serve_command.ts";
import { isHelpWanted, showHelp, showHelpOf, showManual } from "./show_help.ts";
import { print, printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

const NAME = "argocd-configurer";

/** The line after a usage error, which names the help. */
const hintOf = (command: readonly string[]) =>
  command.length === 0
    ? `Run '${NAME} --help' for the commands, '${NAME} COMMAND --help' for their flags`
    : `Run '${[NAME, ...command].join(" ")} --help' for usage`;

/** @param onWrong called with each error in the arguments, to be reported later */
const texts = (onWrong: (error: unknown) => void): ApplicationText => ({
  ...english,
  briefs: {
    ...english.briefs,
    argumentEscapeSequence: "Marks the end of flags",
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
  root: RouteMap<CliContext>,
  onWrong: (error: unknown) => void = () => {},
): Application<CliContext> {
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

/** The program with all commands and all flags. */
export async function wholeApplication(): Promise<Application<CliContext>> {
  return application(await (await import("./commands.ts")).commandsFor("all"));
}

/** The commands that these words need: `serve` alone, for a fast start of the server, or all. */
async function commandsFor(words: readonly string[]): Promise<RouteMap<CliContext>> {
  return words[0] === "serve"
    ? buildRouteMap({ routes: { serve: serveCommand }, docs: { brief: "" } })
    : await (await import("./commands.ts")).commandsFor(words);
}

/** Puts `serve` before flags without a command, except for `--help` and `--version`. */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const isWhole = first === undefined || !first.startsWith("-") || isHelp(first) ||
    ["-v", "--version"].includes(first);
  return isWhole ? args : ["serve", ...args];
}

/**
 * Runs the program with its arguments.
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage or configuration, 130 Ctrl-C at a prompt;
 * some commands have others
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
  // For the completion scripts. It is not a command of the route map: its arguments are a command line.
  if (args[0] === "complete" && args[1] === "--") return await completed(args.slice(2));
  let code = 0;
  const wrong: unknown[] = [];
  const process: { exitCode?: number | string | null } & CliContext["process"] = {
    stdout: { write: print },
    stderr: { write: (text) => wrong.length === 0 && printError(text) },
  };
  const words = aliased(withCommand(args));
  const root = await commandsFor(words);
  const { command } = findCommand(root, words);
  const hint = hintOf(words[0] === "serve" && args[0] !== "serve" ? [] : command);
  const refusal = refusalOf(root, words);
  if (refusal !== undefined) {
    printError(`error: ${refusal.message}\n${hintOf(refusal.command)}\n`);
    return 2;
  }
  if (isHelpWanted(root, words)) return await showHelp(command);
  const context: CliContext = {
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
      `warning: ${flag} without a value means ${flag}=${value}; use ${flag}=server to ask the cluster\n`,
    );
  });
  await runApplication(application(root, (error) => wrong.push(error)), taken, context);
  if (wrong.length > 0) {
    const { parsingError } = await import("./parsing_error.ts");
    const ways = await (await import("./bind.ts")).allSecretWays();
    const flags = Object.keys(findCommand(root, words).flags).map(hyphened);
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

/** Whether flags are followed by a command, an order that other programs accept. */
async function isCommandLater(args: readonly string[]): Promise<boolean> {
  if (!args[0]?.startsWith("-")) return false;
  const root = await (await import("./commands.ts")).commandsFor([]);
  return args.some((word) => findCommand(root, aliased([word])).command.length > 0);
}

/**
 * Prints the completions of a command line.
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
