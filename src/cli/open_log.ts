import { type LogFile, logFile } from "../log/line_writer.ts";
import { observe } from "../observe/observe.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/**
 * Opens a log file with mode 0600 that rotates at 10 MiB.
 * @throws {Failure} when the file cannot be opened
 */
export function openLog(path: string): LogFile {
  try {
    return logFile(path, {
      onLost: (lines, reason) => observe("log.lines_lost", { lines, reason }),
      onStuck: (reason) => observe("log.not_rotated", { reason }),
    });
  } catch (error) {
    throw new Failure(`Cannot open log file ${path}: ${reasonOf(error)}`);
  }
}
