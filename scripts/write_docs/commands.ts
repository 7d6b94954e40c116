import { commandsFor } from "../../src/cli/commands.ts";
import { helpPage } from "../../src/cli/help/model.ts";
import { table } from "./marked.ts";

/** docs/cli.md: the commands in the groups of the help, with their descriptions. */
export async function commandsTable(): Promise<string> {
  const { commands } = helpPage(await commandsFor("all"), []);
  return commands.map(({ title, entries }) =>
    `**${title}**\n\n${
      table(
        ["command", "what it does"],
        entries.map(({ term, brief }) => [`\`${term}\``, brief]),
      )
    }`
  ).join("\n");
}

/** docs/cli.md: the exit codes of each command that differ from the common ones. */
export async function exitCodesTable(): Promise<string> {
  const root = await commandsFor("all");
  const all = helpPage(root, []).commands.flatMap(({ entries }) => entries)
    .map(({ term }) => ({ term, codes: helpPage(root, term.split(" ")).exitCodes }));
  const rows = all.flatMap(({ term, codes }) => {
    const own = codes.filter(({ term: code, brief }) => COMMON[code] !== brief);
    return own.length === 0
      ? []
      : [[`\`${term}\``, own.map(({ term: code, brief }) => `**${code}** ${brief}`).join("; ")]];
  });
  return table(["command", "exit codes"], rows);
}

/** Common exit codes, which the document lists once. */
const COMMON: Readonly<Record<string, string>> = {
  "1": "failed",
  "2": "wrong usage, nothing was done",
  "3": "done on some of the clusters only",
  "130": "interrupted by Ctrl-C",
};
