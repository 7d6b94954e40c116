/** The arguments, environments and open files of a test's processes, as seen from outside. */
export interface ProcessWatch extends Disposable {
  /** Command lines and environments, each once. Only Linux shows them. */
  readonly seen: ReadonlySet<string>;
  /** Paths that a process has opened for writing. */
  readonly written: ReadonlySet<string>;
  /** Processes that are running now. */
  alive(): number[];
}

/** Milliseconds between two scans. */
const EVERY = 10;
/** Milliseconds after which an unrelated process is ignored; before, it may still execute another program. */
const DECIDED = 1000;

/**
 * Watches the processes whose command line names the folder, and their descendants: the program,
 * its kubectls, and their plugins.
 */
export function watchProcesses(folder: string): ProcessWatch {
  const seen = new Set<string>();
  const written = new Set<string>();
  /** The command line of each process: only with another one, its environment may differ. */
  const ours = new Map<number, string>();
  /** When each process was first seen. Earlier processes than the watch are none of ours. */
  const others = new Map(pids().map((pid) => [pid, -Infinity]));

  function look(): void {
    if (Deno.build.os !== "linux") return;
    const now = performance.now();
    const there = pids();
    for (const pid of there) {
      if ((others.get(pid) ?? Infinity) < now - DECIDED) continue;
      const commandLine = read(`/proc/${pid}/cmdline`);
      if (commandLine === undefined) continue;
      if (!ours.has(pid) && !commandLine.includes(folder) && !ours.has(parentOf(pid))) {
        if (!others.has(pid)) others.set(pid, now);
        continue;
      }
      if (ours.get(pid) !== commandLine) {
        const environment = read(`/proc/${pid}/environ`) ?? "";
        for (const text of [commandLine, environment]) seen.add(text);
        ours.set(pid, environment === "" ? "" : commandLine); // it may just be starting
      }
      for (const path of openForWriting(pid, written)) written.add(path);
    }
    // Its number may become another one's.
    const isThere = new Set(there);
    for (const pid of others.keys()) if (!isThere.has(pid)) others.delete(pid);
  }

  const timer = setInterval(look, EVERY);
  return {
    seen,
    written,
    alive() {
      look();
      return [...ours.keys()].filter((pid) => !["", "Z", "X"].includes(stateOf(pid)));
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function pids(): number[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).replaceAll("\0", "\n");
  } catch {
    return undefined; // it has just exited
  }
}

/** Fields of /proc/PID/stat from the state on; the name before it may hold anything. */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`) ?? "";
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

const stateOf = (pid: number): string => statOf(pid)[0] ?? "";
const parentOf = (pid: number): number => Number(statOf(pid)[1]);

/** @param known paths that need no second look */
function openForWriting(pid: number, known: ReadonlySet<string>): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].flatMap(({ name }) => {
      const path = Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
      if (!path.startsWith("/") || /^\/(proc|dev|sys)\//.test(path) || known.has(path)) return [];
      const flags = /^flags:\s+([0-7]+)/m.exec(read(`/proc/${pid}/fdinfo/${name}`) ?? "")?.[1];
      // The last two bits: read-only, write-only, both.
      return (Number.parseInt(flags ?? "0", 8) & 3) === 0 ? [] : [path];
    });
  } catch {
    return []; // it has just exited, or closed a file
  }
}
