import { userInfo } from "node:os";
import { findProgram } from "../files/programs.ts";
import { kubectlEnv } from "../kube/environment.ts";
import type { RunProcess } from "../kube/process.ts";
import { seal } from "../log/sealed.ts";
import { TOKEN_VARIABLE } from "../tokens/environment.ts";
import type { Machine } from "../wire.ts";

/**
 * This machine: environment, user, permissions of the process.
 *
 * Permissions: `--allow-env --allow-read --allow-sys=uid,gid`.
 * @param run runs kubectl and exec plugins. @default runProcess
 */
export function thisMachine(run?: RunProcess): Machine {
  const env = kubectlEnv(Deno.env.toObject());
  const token = Deno.env.get(TOKEN_VARIABLE);
  return {
    ...(token ? { token: seal(token) } : {}),
    kubectlEnv: env,
    ...(run === undefined ? {} : { run }),
    get hasKubectl() {
      return findProgram("kubectl", env.PATH ?? "") !== undefined;
    },
    permissions: {
      mayConnect: ({ hostname, port, protocol }) => {
        const host = `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
        return isGranted({ name: "net", host });
      },
      mayRun: (command) => isGranted({ name: "run", command }),
    },
    cores: navigator.hardwareConcurrency,
    user: Deno.uid() ?? 0,
    group: Deno.gid() ?? 0,
  };
}

const isGranted = (permission: Deno.PermissionDescriptor) =>
  Deno.permissions.querySync(permission).state === "granted";

/**
 * The user of this process: the login name, or `uid 1000` without one. It comes from the system, not
 * from the environment variables USER and LOGNAME, which can be set to anything.
 *
 * Permissions: `--allow-sys=userInfo,uid`.
 */
export function userName(): string {
  try {
    const { username } = userInfo();
    if (username !== "") return username;
  } catch {
    // The uid has no user on this machine.
  }
  return `uid ${Deno.uid() ?? "unknown"}`;
}
