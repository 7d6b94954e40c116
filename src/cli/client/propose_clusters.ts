import { clustersFolder, isClusterName } from "../../clusters/folder.ts";
import { operationNamed } from "../../operations/table.ts";
import { configOf } from "../setting_flags.ts";
import { namedIn } from "./cluster_names.ts";
import { serverOf, type WhichServer } from "./which_server.ts";

/** Timeout of a server in seconds. */
const PATIENCE = 2;

/**
 * The cluster names for shell completion, from the folder or server of the command line. Empty on any
 * error, since completion prints no messages.
 * @param words of the command line so far
 */
export async function clusterNames(words: readonly string[]): Promise<readonly string[]> {
  const server = serverOf({
    server: valueOf("--server", words),
    serverCa: valueOf("--server-ca", words),
    serverPlainHttp: words.includes("--server-plain-http"),
  });
  try {
    return server === undefined ? await ofFolder(words) : await ofServer(server);
  } catch {
    return [];
  }
}

async function ofFolder(words: readonly string[]): Promise<readonly string[]> {
  const { settings } = await configOf({
    config: valueOf("--config", words),
    clustersFolder: valueOf("--clusters-folder", words),
  });
  return (await clustersFolder(settings["clusters-folder"]).look())?.names ?? [];
}

async function ofServer(server: WhichServer): Promise<readonly string[]> {
  const { remote } = await import("./remote.ts");
  const backend = remote({ ...server, requestTimeout: PATIENCE });
  try {
    const { body } = await backend.request(operationNamed("listClusters"), {});
    // Only names: a shell would insert, and could run, whatever a server sends.
    return (namedIn(body) ?? []).filter(isName);
  } finally {
    await backend.close();
  }
}

const isName = (name: unknown): name is string => typeof name === "string" && isClusterName(name);

/** The value in `--flag value` or `--flag=value`. */
function valueOf(flag: string, words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return words[at] === flag ? words[at + 1] : words[at]!.slice(flag.length + 1);
}
