/**
 * `deno task dev [flags of serve]`: runs the server, and restarts it when its sources, configuration or
 * kubeconfigs change. Prints events to standard error, in lines that start with `dev:`.
 */
import { join, relative } from "node:path";
import { placesOf } from "./dev/places.ts";
import { stopSignals } from "./dev/signals.ts";
import { supervise } from "./dev/supervisor.ts";
import { watch } from "./dev/watcher.ts";

const ROOT = join(import.meta.dirname!, "..");

/**
 * Serves until SIGINT, SIGTERM or SIGHUP.
 * @param args the flags of `serve`
 * @returns the exit code: 0, or 1 when the server had to be killed because of a second signal
 */
async function dev(args: readonly string[]): Promise<number> {
  using signals = stopSignals();
  const here = { root: ROOT, cwd: Deno.cwd(), env: Deno.env.toObject() };
  const supervisor = supervise({ spawn: () => serve(args), log });
  try {
    const watching = await watch({
      places: () => placesOf(args, here),
      onChange(paths) {
        for (const path of paths) log(`changed ${shown(path)}`);
        supervisor.restart();
      },
      onTrouble: (path, why) =>
        log(
          why === "missing"
            ? `${shown(path)} is missing; waiting for it to appear`
            : `cannot watch ${shown(path)}: ${why.message}`,
        ),
    });
    supervisor.start();
    await signals.first;
    log("stopping");
    let exitCode = 0;
    signals.second.then(() => {
      exitCode = 1;
      supervisor.kill();
    });
    await supervisor.stop();
    await watching.close();
    return exitCode;
  } finally {
    supervisor.kill();
  }
}

/** Starts the server as a user would, without a type check, so that it is quick. */
function serve(args: readonly string[]): Deno.ChildProcess {
  const file = (path: string) => relative(Deno.cwd(), join(ROOT, path));
  const leash = `--preload=${file("scripts/dev/leash.ts")}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", leash, file("main.ts"), "serve", ...args],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
}

function log(line: string): void {
  console.error(`dev: ${line}`);
}

/** A path relative to the project, or absolute if it is elsewhere; always one line. */
function shown(path: string): string {
  const inProject = relative(ROOT, path);
  return (inProject.startsWith("..") ? path : inProject).replaceAll(/\p{Cc}/gu, "?");
}

if (import.meta.main) Deno.exitCode = await dev(Deno.args);
