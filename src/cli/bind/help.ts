import type { LoadedCommand } from "./load.ts";

/** What help says of a command beside its flags. */

const BY = "Works on the folder of kubeconfigs itself; with --server a running server does it.";

const SECRETS = "A password is no argument, since everyone on the machine sees these: " +
  "--password-stdin or --password-file gives it, or the variable ARGOCD_CONFIGURER_PASSWORD; " +
  "before a terminal it is asked for, and so is the user name of a registry.";

const EXIT_CODES = "Exit code 1: failed; 2: wrong usage, nothing was done; 3: done on some of " +
  "several clusters only.";

export function helpOf({ brief, loaded }: LoadedCommand) {
  const sentences = [
    ...loaded.some(({ operation: { tag } }) => tag === "clusters" || tag === "secrets") ? [BY] : [],
    ...loaded.flatMap(({ help }) => help.full ?? []),
    ...loaded.some(({ flags }) => flags.some(({ flag }) => flag.by === "password"))
      ? [SECRETS]
      : [],
    ...new Set(
      loaded.flatMap(({ operation, help }) =>
        help.exitCodes ?? (operation.clusters === "one" ? EXIT_CODES : [])
      ),
    ),
  ];
  return {
    brief,
    full: sentences.join(" "),
    examples: loaded.flatMap(({ help }) => help.examples),
  };
}
