import assert from "node:assert/strict";
import { dirname, join } from "node:path";

/** The root of the project. */
const ROOT = join(import.meta.dirname!, "..", "..");

/** A folder that is removed at the end of the block. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file that only its owner may read. @returns its path */
  write(name: string, content: string): Promise<string>;
}

export async function folder(): Promise<Folder> {
  const path = await Deno.makeTempDir();
  return {
    path,
    async write(name, content) {
      const file = join(path, name);
      await Deno.writeTextFile(file, content, { mode: 0o600 });
      return file;
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A kubeconfig for the API server at `url`. */
export function kubeconfig(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: url } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user: { token: "a-token" } }],
  });
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process; killed at the end of the block if it still runs. */
export interface Program extends AsyncDisposable {
  /** Waits for a line on standard error. @returns its match */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for a line on standard output. @returns its match */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: Deno.Signal): void;
  readonly ended: Promise<Ended>;
}

export interface ProgramOptions {
  readonly env?: Record<string, string>;
  /** Whether the program gets no other variables. */
  readonly clearEnv?: boolean;
  /** @default the root of the project */
  readonly cwd?: string;
  /** Another module that is the program, with something added. @default {@link BUILT} or {@link MAIN} */
  readonly main?: string;
  /** The limit of open files. @default that of this process */
  readonly maxFiles?: number;
}

/** The user who runs the tests may have a configuration and a server. */
const NOBODYS = { XDG_CONFIG_HOME: "/nonexistent", XDG_STATE_HOME: "/nonexistent" };

/** A built executable to test in place of the source. */
export const BUILT = Deno.env.get("ARGOCD_CONFIGURER_TEST_PROGRAM");

/** The main module: the bundle that `deno task test` makes, which starts sooner, else the source. */
export const MAIN = Deno.env.get("ARGOCD_CONFIGURER_TEST_MAIN") ?? join(ROOT, "main.ts");

/** The program with these arguments, built or not. */
export function programCommand(args: readonly string[]): string[] {
  const config = join(dirname(MAIN), "deno.json");
  const run = [Deno.execPath(), "run", "-A", "--no-check", "--config", config, MAIN];
  return [...BUILT === undefined ? run : [BUILT], ...args];
}

export function program(args: readonly string[], options: ProgramOptions = {}): Program {
  const { main, maxFiles } = options;
  const command = main === undefined
    ? programCommand(args)
    : [Deno.execPath(), "run", "-A", "--no-check", main, ...args];
  const limited = ["sh", "-c", `ulimit -n ${maxFiles} && exec "$0" "$@"`, ...command];
  const [executable, ...rest] = maxFiles === undefined ? command : limited;
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd: options.cwd ?? ROOT,
    clearEnv: options.clearEnv,
    env: { NO_COLOR: "1", ...NOBODYS, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [stdout, stderr] = [linesOf(child.stdout), linesOf(child.stderr)];
  const ended = (async () => {
    const [{ code }, out, err] = await Promise.all([child.status, stdout.whole, stderr.whole]);
    return { code, stdout: out, stderr: err };
  })();
  return {
    line: stderr.line,
    printed: stdout.line,
    kill: (signal) => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // The process has exited.
      }
      await ended;
    },
  };
}

/** An output of a process whose lines can be waited for. */
function linesOf(output: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  let closed = false;
  let wake = Promise.withResolvers<void>();
  const whole = (async () => {
    for await (const more of output.pipeThrough(new TextDecoderStream())) {
      text += more;
      wake.resolve();
      wake = Promise.withResolvers();
    }
    closed = true;
    wake.resolve();
    return text;
  })();
  return {
    whole,
    async line(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const lines = text.split("\n").slice(0, closed ? undefined : -1);
        const match = lines.map((line) => pattern.exec(line)).find((each) => each !== null);
        if (match) return match;
        assert.ok(!closed, `no line matches ${pattern} in ${text}`);
        await wake.promise;
      }
    },
  };
}

/** Runs the program until it exits. */
export async function outcome(args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  await using running = program(args, options);
  return await running.ended;
}

/** The URL of a demo, and the path of its log. */
export async function demoOf(running: Program): Promise<{ url: string; log: string }> {
  const [, url] = await running.printed(/^argocd-configurer demo: .* on (http:\/\/[\d.]+:\d+)$/);
  const [, log] = await running.printed(/^Log: +(\/.*)$/);
  return { url: url!, log: log! };
}

/** The URL that the program logs. */
export async function listening(running: Program): Promise<string> {
  const [, url] = await running.line(/listening.*(http:\/\/[\d.]+:\d+)/);
  return url!;
}
