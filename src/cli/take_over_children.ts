import { type Children, childrenFile, endLeft, takeChildren } from "../daemon/children.ts";
import { observe } from "../observe/observe.ts";
import { reasonOf } from "./reason.ts";

/**
 * Ends what a server that was killed has left, and begins to note what this one starts. Whatever
 * hinders it is logged, and the server serves all the same.
 * @param pidFile held by this process
 * @returns `undefined` where nothing can be noted
 */
export async function takeOverChildren(pidFile: string): Promise<Children | undefined> {
  const file = childrenFile(pidFile);
  const onLost = (error: unknown) =>
    observe("server.processes_unrecorded", { file, reason: reasonOf(error) });
  try {
    const { ended, refused } = await endLeft(file);
    if (refused !== undefined) observe("server.processes_left", { file, reason: refused });
    for (const group of ended) observe("server.process_ended", { group });
    return await takeChildren(file, onLost);
  } catch (error) {
    onLost(error);
    return undefined;
  }
}
