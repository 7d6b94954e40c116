/** What Linux tells of processes. Elsewhere there is nothing to be read, and so nobody is known. */

/** A process as it was started: its id may become another one's, but not with this start. */
export interface Started {
  readonly pid: number;
  /** When it was started, after the boot, in the kernel's ticks; between these where that is not known exactly. */
  readonly from: number;
  readonly to: number;
}

/** Of the times in /proc, whatever the kernel's own are: USER_HZ of Linux on x86 and ARM. */
const TICKS_A_SECOND = 100;

/**
 * When a process that has just been started was. Deno 2.9 reads /proc with all permissions only;
 * without them it is known to the second.
 *
 * Permissions: all, or `--allow-sys=osUptime`.
 * @returns `undefined` where it cannot be told, or the process has gone
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

/** Whether the process that was started then is there, at the head of its group. */
export async function isThere({ pid, from, to }: Started): Promise<boolean> {
  const stat = parseStat(await readProc(`/proc/${pid}/stat`) ?? "");
  return stat !== undefined && stat.group === pid && stat.started >= from && stat.started <= to;
}

/** Which boot of the machine this is; `undefined` where that cannot be told. */
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
  // Its second field, a name in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [group, started] = [Number(fields[2]), Number(fields[19])];
  return Number.isSafeInteger(group) && Number.isSafeInteger(started) && started > 0
    ? { group, started }
    : undefined;
}
