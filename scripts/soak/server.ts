/** The server under test: a process, started as users start it. */
import { join } from "node:path";
import { V8_FLAGS } from "../build/v8_flags.ts";
import type { World } from "./world.ts";

export type Transport = "kubectl" | "api";

export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  log(): Promise<string>;
  /**
   * Sends SIGTERM, and after half a minute SIGKILL.
   * @returns the exit code
   */
  stop(): Promise<number>;
}

const ROOT = join(import.meta.dirname!, "..", "..");
const STARTED = 60_000;
const STOPPED = 30_000;

/** @param seconds `kubectl_timeout` */
export async function startServer(
  world: World,
  transport: Transport,
  seconds: number,
): Promise<Server> {
  const log = join(world.folder, "server.log");
  const built = Deno.env.get("ARGOCD_CONFIGURER_TEST_PROGRAM");
  const program = built === undefined
    ? [Deno.execPath(), "run", "-A", ...V8_FLAGS, join(ROOT, "main.ts")]
    : [built];
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'log=$1; shift; exec "$@" 2>"$log"', // a file, which needs no reader
      "sh",
      log,
      ...program,
      "serve",
      "--port=0",
      `--clusters-folder=${world.clustersFolder}`,
      `--kubectl-timeout=${seconds}`,
      `--transport=${transport}`,
      `--argocd-namespace=${world.argocd}`,
    ],
    env: { NO_COLOR: "1", KUBECACHEDIR: join(world.folder, "kubectl-cache") },
    stdin: "null",
    stdout: "null",
  }).spawn();
  let code: number | undefined;
  child.status.then((status) => code = status.code);
  const kill = (signal: Deno.Signal) => {
    if (code === undefined) child.kill(signal);
  };

  // Signals of the soak also stop the server, which does not receive them.
  const signals = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = async () => {
      await end();
      await Deno.remove(world.folder, { recursive: true });
      Deno.kill(Deno.pid, name);
    };
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  async function end() {
    signals.forEach((remove) => remove());
    kill("SIGKILL");
    await child.status;
  }

  async function listening(): Promise<string> {
    for (const end = performance.now() + STARTED; performance.now() < end;) {
      const text = await Deno.readTextFile(log).catch(() => "");
      const url = /listening.*(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (url !== undefined) return url;
      if (code !== undefined) throw new Error(`The server exited with code ${code}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("The server does not listen");
  }

  try {
    return {
      url: await listening(),
      pid: child.pid,
      log: () => Deno.readTextFile(log),
      async stop() {
        kill("SIGTERM");
        const timer = setTimeout(() => kill("SIGKILL"), STOPPED);
        const { code } = await child.status;
        clearTimeout(timer);
        return code;
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
