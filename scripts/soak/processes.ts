/** Processes in /proc of Linux. On other systems there are none. */

export interface Seen {
  readonly pid: number;
  readonly parent: number;
  /** R, S, D, Z … */
  readonly state: string;
  /** Seconds. */
  readonly age: number;
}

export const CAN_SEE = Deno.build.os === "linux";

/** Clock ticks per second in /proc. */
const TICKS = 100;

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // it has just exited
  }
}

function pids(): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
}

/** The children of a process, zombies included. */
export function childrenOf(parent: number): Seen[] {
  const stats = pids().map((pid) => [pid, read(`/proc/${pid}/stat`)] as const);
  const uptime = Number(read("/proc/uptime")!.split(" ")[0]);
  return stats.flatMap(([pid, stat]) => stat === undefined ? [] : seen(pid, stat, uptime))
    .filter((each) => each.parent === parent);
}

function seen(pid: number, stat: string, uptime: number): Seen {
  // The name before it may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent] = fields;
  return { pid, parent: Number(parent), state, age: uptime - Number(fields[19]) / TICKS };
}

/** Processes whose command line contains this text. */
export function processesWith(text: string): number[] {
  if (!CAN_SEE) return [];
  return pids().filter((pid) => read(`/proc/${pid}/cmdline`)?.includes(text));
}

/** Resident memory in MB. */
export function residentMemory(pid: number): number | undefined {
  const kilobytes = /VmRSS:\s+([0-9]+) kB/.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Seconds that the main thread of a process was running, and was waiting for a CPU. */
export function processorTime(pid: number): { readonly had: number; readonly waited: number } {
  const [had = NaN, waited = NaN] = (read(`/proc/${pid}/task/${pid}/schedstat`) ?? "").split(" ")
    .map((nanoseconds) => Number(nanoseconds) / 1e9);
  return { had, waited };
}

/** Open file descriptors. */
export function descriptors(pid: number): number | undefined {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  } catch {
    return undefined;
  }
}
