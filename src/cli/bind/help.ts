import type { FlagForm } from "../../fields/flag.ts";
import { isWhole, type LoadedCommand } from "./load.ts";

/** What help says of a command beside its flags. */

const BY = "Works on the folder of kubeconfigs itself; with --server a running server does it.";

const SECRETS = "A password is no argument, since everyone on the machine sees these: " +
  "--password-stdin or --password-file gives it, or the variable ARGOCD_CONFIGURER_PASSWORD; " +
  "before a terminal it is asked for";

const AND_LOGIN = ", and so is the user name of a registry";

const EXIT_CODES = "1: failed; 2: wrong usage, nothing was done; 3: done on some of several " +
  "clusters only; 130: interrupted by Ctrl-C";

const WOULD_CHANGE = "5: with --exit-code and --dry-run=server, something would change";

const SHORT = "Of several clusters the table has only what is not as wished, and a summary line " +
  "counts the rest; -o wide shows every row.";

export function helpOf({ brief, loaded }: LoadedCommand) {
  const hasFlag = (form: FlagForm) =>
    loaded.some(({ flags }) => flags.some(({ flag }) => flag.by === form));
  const isDry = loaded.some(({ module }) => module.fields?.dry_run !== undefined);
  const paragraphs = [
    ...loaded.some(({ operation: { tag } }) => tag === "clusters" || tag === "secrets") ? [BY] : [],
    ...loaded.flatMap(({ help }) => help.full ?? []),
    ...hasFlag("password") ? [`${SECRETS}${hasFlag("login") ? AND_LOGIN : ""}.`] : [],
    ...isDry && !loaded.some(isWhole) ? [SHORT] : [],
  ];
  const exitCodes = new Set(
    loaded.flatMap(({ clusterField, help }) =>
      help.exitCodes ?? (clusterField === undefined ? [] : EXIT_CODES)
    ),
  );
  if (isDry) exitCodes.add(WOULD_CHANGE);
  return {
    brief,
    full: paragraphs.join("\n\n"),
    exitCodes: exitCodes.size === 0
      ? undefined
      : [...exitCodes].map((each) => each.replace(/\.$/, "")).join("; ") + ".",
    examples: loaded.flatMap(({ help }) => help.examples),
  };
}
