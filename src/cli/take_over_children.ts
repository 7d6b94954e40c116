import { type Children, childrenFile, takeChildren, terminateLeft } from "../daemon/children.ts";
import { observe } from "../observe/observe.ts";
import { reasonOf } from "./reason.ts";

/**
 * Ends the child processes that a killed server has left, and starts to record those of this one. A
 * failure is logged, and does not stop the server.
 * @param pidFile held by this process
 * @returns `undefined` if processes cannot be recorded
 */
export async function takeOverChildren(pidFile: string): Promise<Children | undefined> {
  const file = childrenFile(pidFile);
  const onLost = (error: unknown) =>
    observe("server.processes_unrecorded", { file, reason: reasonOf(error) });
  try {
    const { terminated, refused } = await terminateLeft(file);
    if (refused !== undefined) observe("server.processes_left", { file, reason: refused });
    for (const group of terminated) observe("server.process_ended", { pgid: group });
    return await takeChildren(file, onLost);
  } catch (error) {
    onLost(error);
    return undefined;
  }
}
