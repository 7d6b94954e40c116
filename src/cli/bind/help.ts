import type { FlagForm } from "../../fields/flag.ts";
import { isDeletion, isWhole, type LoadedCommand } from "./load.ts";

/** The parts of help that many commands have in common. */

const NO_SERVER =
  "No server is needed: the command uses the kubeconfigs in the clusters folder. With " +
  "--server, it sends the request to a running server.";

const SECRETS =
  "Passwords are not accepted as arguments, which every user of the machine can read. Use " +
  "--password-stdin, --password-file or the environment variable ARGOCD_CONFIGURER_PASSWORD. On a " +
  "terminal, the command prompts for a missing password";

const AND_LOGIN = " and user name";

const EXIT_CODES =
  "1: failed; 2: wrong usage, nothing was done; 3: done on some of the clusters only; " +
  "130: interrupted by Ctrl-C";

/** Other commands with a prompt have exit codes of their own. */
const NOT_CONFIRMED = "0: deleted, or not confirmed";

const WOULD_CHANGE = "5: with --exit-code and --dry-run=server, something would change";

const SHORT =
  "For several clusters, the table lists only failures and unexpected results, and a summary line " +
  "counts the rest. -o wide lists every row.";

/** Lists of exit codes as one, in the order of the codes. */
const ascending = (lists: readonly string[]) =>
  lists.flatMap((each) => each.replace(/\.$/, "").split(/; (?=\d+: )/))
    .toSorted((a, b) => parseInt(a) - parseInt(b)).join("; ") + ".";

/** The help of a command, from its operations' modules. */
export function helpOf({ brief, loaded }: LoadedCommand) {
  const hasFlag = (form: FlagForm) =>
    loaded.some(({ flags }) => flags.some(({ flag }) => flag.by === form));
  const isDry = loaded.some(({ module }) => module.fields?.dry_run !== undefined);
  const paragraphs = [
    ...loaded.some(({ operation: { tag } }) => tag === "clusters" || tag === "secrets")
      ? [NO_SERVER]
      : [],
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
  if (loaded.some(isDeletion)) exitCodes.add(NOT_CONFIRMED);
  return {
    brief,
    full: paragraphs.join("\n\n"),
    exitCodes: exitCodes.size === 0 ? undefined : ascending([...exitCodes]),
    examples: loaded.flatMap(({ help }) => help.examples),
  };
}
