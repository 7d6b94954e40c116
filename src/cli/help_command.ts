import { targetOf } from "./arguments.ts";
import { command, type Context, on } from "./command.ts";

/** The commands that may follow these words. */
function proposeCommands(this: Context, partial: string): readonly string[] {
  const [, ...before] = (this.words ?? []).slice(0, -1).filter((word) => !word.startsWith("-"));
  if (this.root === undefined) return [];
  const { command, target } = targetOf(this.root, before);
  if (command.length < before.length || !("getAllEntries" in target)) return [];
  return target.getAllEntries().filter(({ hidden }) => !hidden)
    .map(({ name }) => name["convert-camel-to-kebab"])
    .filter((name) => name.startsWith(partial));
}

export const help = command<{ readonly man?: boolean }, string[]>(
  () =>
    Promise.resolve(function (this: Context, flags, ...words) {
      return this.help!(words, flags);
    }),
  {
    flags: { man: on("Print the manual page of all commands (roff)") },
    positional: {
      kind: "array",
      parameter: {
        brief: "A command, such as: docker add; without one all commands are shown",
        placeholder: "command",
        parse: String,
        proposeCompletions: proposeCommands,
      },
    },
    brief: "Show the help of a command",
    examples: [
      ["docker add", "The same as argocd-configurer docker add --help"],
      ["--man > argocd-configurer.1", "The manual page, for man ./argocd-configurer.1"],
    ],
  },
);
