import { type VetRules, vetRules } from "../../clusters/vet.ts";
import { faultOfFolder } from "../../files/trusted.ts";
import { shellWord } from "../../text/shell.ts";
import { clustersHome } from "../clusters_home.ts";
import { serverOf } from "../client/which_server.ts";
import { Failure } from "../failure.ts";
import { thisMachine } from "../machine.ts";
import { reasonOf } from "../reason.ts";
import { printError } from "../terminal.ts";

/** Flags of the commands that change the folder of clusters. */
export type FolderFlags = {
  readonly config?: string;
  readonly clustersFolder?: string;
  /** Refused: a server has its own folder. */
  readonly server?: string;
};

/** The folder of clusters on this machine. */
export interface FolderHere {
  /** Absolute. It need not be there. */
  readonly path: string;
  readonly rules: VetRules;
}

/**
 * The folder of clusters in effect here.
 * @param what the command, for messages
 * @throws {Failure} when a server is meant, or the folder cannot be used
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
    printError(`note: this works on ${path}, not on the server in ${server.namedBy}\n`);
  }
  return { path, rules };
}

/** What is wrong with the folder; one that is not there is made. */
function faultIn(path: string, rules: VetRules): string | undefined {
  try {
    return faultOfFolder(path, rules)?.why;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The flags that a further command needs to mean the same folder, each after a space. */
export function sameFolder({ config, clustersFolder }: FolderFlags): string {
  const flags = [["--config", config], ["--clusters-folder", clustersFolder]] as const;
  return flags.filter(([, value]) => value !== undefined)
    .map(([flag, value]) => ` ${flag} ${shellWord(value!)}`).join("");
}
