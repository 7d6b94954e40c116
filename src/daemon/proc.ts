/** Start times of processes on Linux. Other systems have no /proc, so nothing is known there. */

/** A process identified by its id and start time, because ids are reused. */
export interface Started {
  readonly pid: number;
  /** Start time in kernel ticks since boot; a range if it is not known exactly. */
  readonly from: number;
  readonly to: number;
}

/** USER_HZ, the unit of times in /proc, on x86 and ARM. */
const TICKS_A_SECOND = 100;

/**
 * The start time of a process that has just been started. Deno 2.9 reads /proc only with all
 * permissions; without them, the time is accurate to seconds.
 *
 * Permissions: all, or `--allow-sys=osUptime`.
 * @returns `undefined` if it is not available, or the process has exited
 */
export function justStarted(pid: number): Started | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const stat = parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
    return stat && { pid, from: stat.started, to: stat.started };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  }
  try {
    const uptime = Deno.osUptime(); // whole seconds
    return { pid, from: (uptime - 2) * TICKS_A_SECOND, to: (uptime + 2) * TICKS_A_SECOND };
  } catch {
    return undefined;
  }
}

/** Whether the process with this start time still exists and leads its group. */
export async function isThere({ pid, from, to }: Started): Promise<boolean> {
  const stat = parseStat(await readProc(`/proc/${pid}/stat`) ?? "");
  return stat !== undefined && stat.group === pid && stat.started >= from && stat.started <= to;
}

/** The id of the current boot; `undefined` if it is not available. */
export async function bootId(): Promise<string | undefined> {
  return (await readProc("/proc/sys/kernel/random/boot_id"))?.trim() || undefined;
}

/** Permissions: all, or `--allow-run=cat`. */
async function readProc(path: string): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  }
  try {
    const { stdout } = await new Deno.Command("cat", {
      args: [path],
      stdin: "null",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parseStat(text: string): { group: number; started: number } | undefined {
  // The second field, the name in parentheses, can contain anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [group, started] = [Number(fields[2]), Number(fields[19])];
  return Number.isSafeInteger(group) && Number.isSafeInteger(started) && started > 0
    ? { group, started }
    : undefined;
}
