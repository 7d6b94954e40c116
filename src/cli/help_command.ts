import { findCommand } from "./arguments.ts";
import { type CliContext, command, on } from "./command.ts";

/** Completes the next word of a command. */
function proposeCommands(this: CliContext, partial: string): readonly string[] {
  const [, ...before] = (this.words ?? []).slice(0, -1).filter((word) => !word.startsWith("-"));
  if (this.root === undefined) return [];
  const { command, target } = findCommand(this.root, before);
  if (command.length < before.length || !("getAllEntries" in target)) return [];
  return target.getAllEntries().filter(({ hidden }) => !hidden)
    .map(({ name }) => name["convert-camel-to-kebab"])
    .filter((name) => name.startsWith(partial));
}

export const help = command<{ readonly man?: boolean }, string[]>(
  () =>
    Promise.resolve(function (this: CliContext, flags, ...words) {
      return this.help!(words, flags);
    }),
  {
    flags: { man: on("Print the manual page (roff)") },
    positional: {
      kind: "array",
      parameter: {
        brief: "Words of a command, such as: docker add (default: show all commands)",
        placeholder: "command",
        parse: String,
        proposeCompletions: proposeCommands,
      },
    },
    brief: "Show help for a command",
    examples: [
      ["docker add", "Same as argocd-configurer docker add --help"],
      [
        "--man > argocd-configurer.1",
        "Write the manual page; read it with man ./argocd-configurer.1",
      ],
    ],
  },
);
