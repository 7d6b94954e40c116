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
  const ours = new Set<number>();
  /** When each process was first seen. */
  const others = new Map<number, number>();

  function look(): void {
    if (Deno.build.os !== "linux") return;
    for (const pid of pids()) {
      if ((others.get(pid) ?? Infinity) < performance.now() - DECIDED) continue;
      const commandLine = read(`/proc/${pid}/cmdline`);
      if (commandLine === undefined) continue;
      if (!ours.has(pid) && !commandLine.includes(folder) && !ours.has(parentOf(pid))) {
        if (!others.has(pid)) others.set(pid, performance.now());
        continue;
      }
      ours.add(pid);
      seen.add(commandLine);
      seen.add(read(`/proc/${pid}/environ`) ?? "");
      for (const path of openForWriting(pid)) written.add(path);
    }
  }

  const timer = setInterval(look, EVERY);
  return {
    seen,
    written,
    alive() {
      look();
      return [...ours].filter((pid) => !["", "Z", "X"].includes(stateOf(pid)));
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function pids(): number[] {
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

function openForWriting(pid: number): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].flatMap(({ name }) => {
      const path = Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
      if (!path.startsWith("/") || /^\/(proc|dev|sys)\//.test(path)) return [];
      const flags = /^flags:\s+([0-7]+)/m.exec(read(`/proc/${pid}/fdinfo/${name}`) ?? "")?.[1];
      // The last two bits: read-only, write-only, both.
      return (Number.parseInt(flags ?? "0", 8) & 3) === 0 ? [] : [path];
    });
  } catch {
    return []; // it has just exited, or closed a file
  }
}
