import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, type Folder, folder, outcome } from "./support.ts";

export interface Place extends Folder {
  readonly pidFile: string;
  readonly log: string;
  /** Runs a command in this folder. */
  run(command: string, ...flags: string[]): Promise<Ended>;
  /** Starts a server. @returns its URL */
  start(...flags: string[]): Promise<string>;
  /** The process id in the pid file. */
  pid(): number;
}

/** A folder in which a server may run. At the end it is stopped. */
export async function place(env: Record<string, string> = {}): Promise<Place> {
  const here = await folder();
  await Deno.mkdir(join(here.path, "clusters"));
  const run = (command: string, ...flags: string[]) =>
    outcome([command, ...flags], { cwd: here.path, env });
  const pidFile = join(here.path, "server.pid");
  return {
    ...here,
    pidFile,
    log: join(here.path, "server.log"),
    run,
    async start(...flags) {
      const { code, stdout, stderr } = await run("start", "--port", "0", ...flags);
      assert.equal(code, 0, stderr);
      return /, listening on (http:\S+)$/m.exec(stdout)![1]!;
    },
    pid: () => Number(Deno.readTextFileSync(pidFile).split("\n")[0]),
    async [Symbol.asyncDispose]() {
      await run("stop", "--timeout", "5");
      await here[Symbol.asyncDispose]();
    },
  };
}

/** Whether a process is running, and not a zombie. */
export async function lives(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "stat=", "-p", String(pid)],
  }).output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

export async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Waits until the condition holds, for at most thirty seconds. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!await isSo()) {
    assert.ok(Date.now() < end, `timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
