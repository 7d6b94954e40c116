import { type Children, childrenFile, endLeft, takeChildren } from "../daemon/children.ts";
import { loggerOf } from "../log/logger.ts";
import { reasonOf } from "./reason.ts";

/**
 * Ends what a server that was killed has left, and begins to note what this one starts. Whatever
 * hinders it is logged, and the server serves all the same.
 * @param pidFile held by this process
 * @returns `undefined` where nothing can be noted
 */
export async function takeOverChildren(pidFile: string): Promise<Children | undefined> {
  const log = loggerOf("server");
  const file = childrenFile(pidFile);
  try {
    const { ended, refused } = await endLeft(file);
    if (refused !== undefined) {
      log.warn("processes that a killed server may have left are not ended", {
        file,
        reason: refused,
      });
    }
    for (const group of ended) log.warn("process of a killed server ended", { group });
    const onLost = (error: unknown) =>
      log.warn("processes are not recorded", { file, reason: reasonOf(error) });
    return await takeChildren(file, onLost);
  } catch (error) {
    log.warn("processes are not recorded", { file, reason: reasonOf(error) });
    return undefined;
  }
}
