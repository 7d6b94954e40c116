import { dirname, join } from "node:path";
import process from "node:process";
import { within } from "../crash/within.ts";

/** The root of the project. */
const ROOT = join(import.meta.dirname!, "..", "..");

/** A copy of this project, or of its development server only, whose files tests change. */
export interface Project extends AsyncDisposable {
  readonly root: string;
  /** Writes a file and creates its folders. */
  write(path: string, content: string): Promise<void>;
  read(path: string): Promise<string>;
  remove(path: string): Promise<void>;
}

/** The program itself. */
export function wholeProject(): Promise<Project> {
  return project(["main.ts", "deno.json", "deno.lock", "src", "configs"]);
}

/** A program of one file instead. */
export async function smallProject(main: string): Promise<Project> {
  const small = await project([]);
  await small.write("main.ts", main);
  await small.write("deno.json", "{}");
  return small;
}

async function project(parts: readonly string[]): Promise<Project> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "dev-" }));
  for (const part of [...parts, "scripts/dev.ts", "scripts/dev"]) {
    await copy(join(ROOT, part), join(root, part));
  }
  return {
    root,
    async write(path, content) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), content);
    },
    read: (path) => Deno.readTextFile(join(root, path)),
    remove: (path) => Deno.remove(join(root, path), { recursive: true }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
      await forget(root);
    },
  };
}

/** Removes Deno's cache of a folder's modules: each project is another folder. */
async function forget(root: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { typescriptCache } = JSON.parse(new TextDecoder().decode(stdout));
  // Other versions of Deno may store it elsewhere.
  await Deno.remove(join(typescriptCache, "file", root), { recursive: true }).catch(() => {});
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** A development server as a process, killed at the end of the block if it still runs. */
export interface Development extends AsyncDisposable {
  readonly pid: number;
  /** Waits for the next matching line on standard error. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** All lines so far. */
  readonly lines: readonly string[];
  kill(signal: Deno.Signal): void;
  exitCode(): Promise<number>;
  /** Resolves when neither it nor its server can write another line. */
  ended(): Promise<void>;
}

export function develop({ root }: Project, args: readonly string[]): Development {
  const { ARGOCD_CONFIGURER_CLUSTERS_FOLDER: _, ...env } = Deno.env.toObject();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "scripts/dev.ts", ...args],
    cwd: root,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  let asked = 0;
  let rest = "";
  let closed = false;
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      const whole = (rest + text).split("\n");
      rest = whole.pop()!;
      lines.push(...whole);
      wake.resolve();
      wake = Promise.withResolvers();
    }
    closed = true;
    wake.resolve();
  })();
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has exited.
    }
  };
  const lineOf = async (pattern: RegExp) => {
    for (;;) {
      while (asked < lines.length) {
        const match = pattern.exec(lines[asked++]!);
        if (match) return match;
      }
      if (closed) throw new Error(`no ${pattern} in:\n${lines.join("\n")}`);
      await wake.promise;
    }
  };
  const exitCode = child.status.then(({ code }) => code);
  return {
    pid: child.pid,
    lines,
    line: (pattern) => within(`a line ${pattern}`, lineOf(pattern), () => lines.join("\n")),
    kill,
    exitCode: () => within("the development server's exit", exitCode, () => lines.join("\n")),
    ended: () => within("the server's exit", reading, () => lines.join("\n")),
    async [Symbol.asyncDispose]() {
      kill("SIGKILL");
      await exitCode;
      await reading;
    },
  };
}

/** Whether a process exists and is not a zombie. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (Deno.build.os !== "linux") return true;
  try {
    // A zombie has no command line.
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`) !== "";
  } catch {
    return false;
  }
}
