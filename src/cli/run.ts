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
import type { Context } from "./command.ts";
import { parsingError } from "./parsing_error.ts";
import { serve } from "./serve_command.ts";
import { print, printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

const NAME = "argocd-configurer";

const HINT = `(${NAME} --help shows the commands, ${NAME} COMMAND --help its flags)`;

const TEXT: ApplicationText = {
  ...english,
  exceptionWhileParsingArguments: (error) => `error: ${parsingError(error)}\n${HINT}`,
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const meant = corrections.length > 0 ? `; did you mean ${corrections.join(" or ")}?` : "";
    return `error: No command '${input}'${meant}\n${HINT}`;
  },
};

/** The program with these commands. */
function application(root: RouteMap<Context>): Application<Context> {
  return buildApplication(root, {
    name: NAME,
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: {
      caseStyle: "convert-camel-to-kebab",
      disableAnsiColor: true,
      onlyRequiredInUsageLine: true,
    },
    completion: { includeAliases: false },
    localization: { text: TEXT },
  });
}

/** The program with all its commands. */
export async function wholeApplication(): Promise<Application<Context>> {
  return application((await import("./commands.ts")).ROUTES);
}

/** The program as far as these words need it: a server that starts waits for no other command. */
async function applicationFor([first]: readonly string[]): Promise<Application<Context>> {
  return first === "serve"
    ? application(buildRouteMap({ routes: { serve }, docs: { brief: "" } }))
    : await wholeApplication();
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
 * is done on several clusters have a 3
 */
export async function run(args: readonly string[]): Promise<number> {
  // What the shells' scripts ask; no command, since its words are those of other commands.
  if (args[0] === "complete" && args[1] === "--") {
    const { complete } = await import("./completion.ts");
    return await complete(await wholeApplication(), args.slice(2), print);
  }
  let code = 0;
  const process: { exitCode?: number | string | null } & Context["process"] = {
    stdout: { write: print },
    stderr: { write: printError },
  };
  const context: Context = {
    process,
    finish(exitCode) {
      code = exitCode;
    },
  };
  const words = withCommand(args);
  await runApplication(await applicationFor(words), words, context);
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
