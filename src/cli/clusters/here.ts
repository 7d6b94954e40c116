import { type VetRules, vetRules } from "../../clusters/vet.ts";
import { folderProblem } from "../../files/trusted.ts";
import { shellWord } from "../../text/shell.ts";
import { clustersHome } from "../clusters_home.ts";
import { serverOf } from "../client/which_server.ts";
import { Failure } from "../failure.ts";
import { thisMachine } from "../machine.ts";
import { reasonOf } from "../reason.ts";
import { printError } from "../terminal.ts";

/** Flags of the commands that change the clusters folder. */
export type FolderFlags = {
  readonly config?: string;
  readonly clustersFolder?: string;
  /** Rejected: a server has its own folder. */
  readonly server?: string;
};

/** The clusters folder on this machine. */
export interface FolderHere {
  /** Absolute. It may not exist yet. */
  readonly path: string;
  readonly rules: VetRules;
}

/**
 * Finds the clusters folder that is in effect.
 * @param what the command, for messages
 * @throws {Failure} when --server is given, or the folder cannot be used
 * @throws {ConfigError}
 */
export async function folderHere(what: string, flags: FolderFlags): Promise<FolderHere> {
  if (flags.server !== undefined) {
    throw new Failure(
      `'${what}' works on the clusters folder of this machine, and does not take --server. Run it ` +
        "on the server's machine",
      2,
    );
  }
  const { config, clustersFolder } = flags;
  const { path, config: { settings } } = await clustersHome({ config, clustersFolder });
  const rules = vetRules(settings, thisMachine());
  const fault = faultIn(path, rules);
  if (fault !== undefined) throw new Failure(`Cannot use clusters folder ${path}: ${fault}`, 2);
  const server = serverOf({});
  if (server !== undefined) {
    printError(
      `note: this changes ${path} on this machine, not on the server of ${server.namedBy}\n`,
    );
  }
  return { path, rules };
}

/** What is wrong with the folder. A missing one is fine: it will be created. */
function faultIn(path: string, rules: VetRules): string | undefined {
  try {
    return folderProblem(path, rules)?.why;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The flags by which a suggested command uses the same folder, each after a space. */
export function sameFolder({ config, clustersFolder }: FolderFlags): string {
  const flags = [["--config", config], ["--clusters-folder", clustersFolder]] as const;
  return flags.filter(([, value]) => value !== undefined)
    .map(([flag, value]) => ` ${flag} ${shellWord(value!)}`).join("");
}
