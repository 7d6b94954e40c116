/**
 * Run as a program: tries actions that its permissions may forbid, and prints the outcome of each as
 * JSON: "done", or the name of the error.
 */
import { exec } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";

/** The targets of the probes, which exist, so that only a permission can prevent them. */
export interface Scene {
  /** A folder with the file `there` and the program `kubectl`. */
  readonly folder: string;
  /** The port of a server at 127.0.0.2, another address of this machine. */
  readonly port: number;
  /** An existing library. */
  readonly library: string;
}

/** The probes by name; each throws if it is forbidden. */
export const PROBES: Readonly<Record<string, (scene: Scene) => unknown>> = {
  "write a file": ({ folder }) => Deno.writeTextFile(join(folder, "written"), "x"),
  "write a file by node:fs": ({ folder }) => writeFileSync(join(folder, "written"), "x"),
  "write to a file that is there": ({ folder }) =>
    Deno.open(join(folder, "there"), { append: true }),
  "write a file in the working directory": () => Deno.writeTextFile("written.tmp", "x"),
  "make a temporary file": () => Deno.makeTempFile(),
  "make a folder": ({ folder }) => Deno.mkdir(join(folder, "made")),
  "change a mode": ({ folder }) => Deno.chmod(join(folder, "there"), 0o600),
  "make a link": ({ folder }) => Deno.symlink(join(folder, "there"), join(folder, "link")),
  "rename a file": ({ folder }) => Deno.rename(join(folder, "there"), join(folder, "moved")),
  "remove a file": ({ folder }) => Deno.remove(join(folder, "moved")),
  "connect to another address": async ({ port }) =>
    (await Deno.connect({ hostname: "127.0.0.2", port })).close(),
  "fetch from another address": async ({ port }) =>
    await (await fetch(`http://127.0.0.2:${port}/`)).body?.cancel(),
  "connect to another address by node:net": ({ port }) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.2", () => resolve(socket.destroy() && undefined));
      socket.on("error", reject);
    }),
  "listen on all addresses": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
  "listen on another address": () => Deno.listen({ hostname: "127.0.0.2", port: 0 }).close(),
  "run another program": () => new Deno.Command("true").output(),
  "run a shell": () => new Deno.Command("sh", { args: ["-c", "true"] }).output(),
  "run a shell by node:child_process": () =>
    new Promise<void>((resolve, reject) =>
      exec("true", (error) => error === null ? resolve() : reject(error))
    ),
  "run another kubectl": ({ folder }) => new Deno.Command(join(folder, "kubectl")).output(),
  "run kill with a library of ours": ({ library }) =>
    new Deno.Command("kill", { args: ["-l"], env: { LD_PRELOAD: library } }).output(),
  "signal another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "load a library": ({ library }) => Deno.dlopen(library, {}).close(),
  "read the host's name": () => Deno.hostname(),
  "read the system's release": () => Deno.osRelease(),
  "read the system's load": () => Deno.loadavg(),
  "read the network interfaces": () => Deno.networkInterfaces(),
  "read how much memory there is": () => Deno.systemMemoryInfo(),
  "read the processors by node:os": () => cpus(),
};

/** These would connect to other machines, so they do not run with all permissions. */
export const ELSEWHERE: Readonly<Record<string, () => unknown>> = {
  "look up a name": () => Deno.resolveDns("registry.invalid", "A"),
  "connect elsewhere": () => Deno.connect({ hostname: "registry.invalid", port: 443 }),
  "fetch from elsewhere": () => fetch("https://registry.invalid/"),
  "import from elsewhere": () => import(`https://registry.invalid/${"x"}.ts`),
  // These need no permission of Deno's.
  "import from a host of Deno's list": () => import(`https://jsr.io/${"x"}.ts`),
  "import a package of JSR": () => import(`jsr:@argocd-configurer/${"probe"}`),
  "import a package of npm": () => import(`npm:argocd-configurer-${"probe"}`),
  "run a worker of a host of Deno's list": () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker("https://jsr.io/x.ts", { type: "module" });
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    }),
};

async function outcome(probe: () => unknown): Promise<string> {
  try {
    await probe();
    return "done";
  } catch (error) {
    const { name, message } = error as Error;
    // For an import, only the message gives the reason.
    const isImport = /^Requires import access|--cached-only is specified/.test(message);
    return isImport ? "NotCapable" : `${name}: ${message}`;
  }
}

if (import.meta.main) {
  const scene = JSON.parse(Deno.args[0]!) as Scene;
  const isElsewhereToo = Deno.args[1] === "elsewhere";
  const outcomes: Record<string, string> = {};
  for (const [name, probe] of Object.entries(PROBES)) {
    outcomes[name] = await outcome(() => probe(scene));
  }
  for (const [name, probe] of Object.entries(isElsewhereToo ? ELSEWHERE : {})) {
    outcomes[name] = await outcome(probe);
  }
  console.log(JSON.stringify(outcomes));
}
