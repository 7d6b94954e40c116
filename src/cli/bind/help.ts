import type { LoadedCommand } from "./load.ts";

/** What help says of a command beside its flags. */

const BY = "Works on the folder of kubeconfigs itself; with --server a running server does it.";

const SECRETS = "A password is no argument, since everyone on the machine sees these: " +
  "--password-stdin or --password-file gives it, or the variable ARGOCD_CONFIGURER_PASSWORD; " +
  "before a terminal it is asked for, and so is the user name of a registry.";

const EXIT_CODES = "1: failed; 2: wrong usage, nothing was done; 3: done on some of several " +
  "clusters only.";

export function helpOf({ brief, loaded }: LoadedCommand) {
  const paragraphs = [
    ...loaded.some(({ operation: { tag } }) => tag === "clusters" || tag === "secrets") ? [BY] : [],
    ...loaded.flatMap(({ help }) => help.full ?? []),
    ...loaded.some(({ flags }) => flags.some(({ flag }) => flag.by === "password"))
      ? [SECRETS]
      : [],
  ];
  const exitCodes = new Set(
    loaded.flatMap(({ clusterField, help }) =>
      help.exitCodes ?? (clusterField === undefined ? [] : EXIT_CODES)
    ),
  );
  return {
    brief,
    full: paragraphs.join("\n\n"),
    exitCodes: exitCodes.size === 0 ? undefined : [...exitCodes].join(" "),
    examples: loaded.flatMap(({ help }) => help.examples),
  };
}
