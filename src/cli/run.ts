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
import { asTaken, commandOf } from "./arguments.ts";
import type { Context } from "./command.ts";
import { Failure } from "./failure.ts";
import { parsingError } from "./parsing_error.ts";
import { serve } from "./serve_command.ts";
import { print, printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

const NAME = "argocd-configurer";

/** How the help of a command is shown; of none, that of all. */
const hintOf = (command: readonly string[]) =>
  command.length === 0
    ? `(${NAME} --help shows the commands, ${NAME} COMMAND --help its flags)`
    : `(${[NAME, ...command].join(" ")} --help shows how it is used)`;

/** @param hint for who has given wrong arguments */
const texts = (hint: string): ApplicationText => ({
  ...english,
  briefs: {
    ...english.briefs,
    argumentEscapeSequence: "What comes after it is no flag",
  },
  exceptionWhileParsingArguments: (error) => `error: ${parsingError(error)}\n${hint}`,
  exceptionWhileRunningIntegrationFlag(args) {
    const { exception } = args;
    return exception instanceof Failure
      ? `error: ${exception.message}`
      : english.exceptionWhileRunningIntegrationFlag(args);
  },
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const meant = corrections.length > 0 ? `; did you mean ${corrections.join(" or ")}?` : "";
    return `error: No command '${input}'${meant}\n${hint}`;
  },
});

/** The program with these commands, and what it tells who has given wrong arguments. */
function application(
  root: RouteMap<Context>,
  hint = hintOf([]),
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
    localization: { text: texts(hint) },
  });
}

/** The program with all its commands. */
export async function wholeApplication(): Promise<Application<Context>> {
  return application((await import("./commands.ts")).ROUTES);
}

/** All commands, or those that these words need: a server that starts waits for no other. */
async function routesFor([first]: readonly string[]): Promise<RouteMap<Context>> {
  return first === "serve"
    ? buildRouteMap({ routes: { serve }, docs: { brief: "" } })
    : (await import("./commands.ts")).ROUTES;
}

/** `serve` is what runs without a command. */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const isWhole = first !== undefined &&
    (!first.startsWith("-") || ["-h", "--help", "--helpAll", "--help-all", "-v", "--version"]
      .includes(first));
  return isWhole ? args : ["serve", ...args];
}

/**
 * Runs the program with its arguments.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration; `status` and what
 * is done on several clusters have a 3, and 130 is a Ctrl-C at a question
 */
export async function run(args: readonly string[]): Promise<number> {
  // What the shells' scripts ask; no command, since its words are those of other commands.
  if (args[0] === "complete" && args[1] === "--") return await completed(args.slice(2));
  let code = 0;
  const process: { exitCode?: number | string | null } & Context["process"] = {
    stdout: { write: print },
    stderr: { write: printError },
  };
  const words = withCommand(args);
  const routes = await routesFor(words);
  const hint = hintOf(commandOf(routes, args));
  const context: Context = {
    process,
    hint,
    finish(exitCode) {
      code = exitCode;
    },
  };
  await runApplication(application(routes, hint), asTaken(routes, words), context);
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

/**
 * Prints what a command line may become.
 * @param words up to the cursor
 */
async function completed(words: readonly string[]): Promise<number> {
  const { complete } = await import("./completion.ts");
  const { ROUTES } = await import("./commands.ts");
  const before = asTaken(ROUTES, words.slice(0, -1));
  try {
    return await complete(application(ROUTES), [...before, ...words.slice(-1)], print);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 1;
  }
}
