import type { RouteMap } from "@stricli/core";
import { aliased, isHelp, refusalOf } from "./aliases.ts";
import { findCommand } from "./arguments.ts";
import { colors } from "./color.ts";
import type { CliContext } from "./command.ts";
import { Failure } from "./failure.ts";
import { print } from "./terminal.ts";

/** Whether to show help: for a help flag, or if the command is missing. */
export function isHelpWanted(root: RouteMap<CliContext>, words: readonly string[]): boolean {
  const end = words.indexOf("--");
  if (words.slice(0, end < 0 ? undefined : end).some(isHelp)) return true;
  const { command, target } = findCommand(root, words);
  const isWhole = command.length === words.length;
  return isWhole && "getAllEntries" in target && target.getDefaultCommand() === undefined;
}

/** Shows the help of a command, or of the program. */
export async function showHelp(command: readonly string[]): Promise<number> {
  const [{ commandsFor }, { helpPage }, { helpText }, { helpWidth }] = await Promise.all([
    import("./commands.ts"),
    import("./help/model.ts"),
    import("./help/text.ts"),
    import("./help/wrap.ts"),
  ]);
  const page = helpPage(await commandsFor(command), command);
  print(helpText(page, helpWidth(), colors("stdout")));
  return 0;
}

/**
 * Shows the help of the command with these words.
 * @throws {Failure} when there is no such command, with proposals
 */
export async function showHelpOf(given: readonly string[]): Promise<number> {
  const words = aliased(given);
  const root = await (await import("./commands.ts")).commandsFor(words);
  const { command } = findCommand(root, words);
  const refusal = refusalOf(root, words);
  if (refusal !== undefined) throw new Failure(refusal.message, 2);
  if (command.length < words.length) {
    const unknown = [...command, words[command.length]!.replace(/=.*/s, "=…")].join(" ");
    throw new Failure(`Unknown command '${unknown}'`, 2);
  }
  return await showHelp(command);
}

export async function showManual(): Promise<number> {
  print(await (await import("./man_page.ts")).manPage());
  return 0;
}
