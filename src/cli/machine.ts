import { findProgram } from "../files/programs.ts";
import { kubectlEnv } from "../kube/environment.ts";
import type { RunProcess } from "../kube/process.ts";
import { seal } from "../log/sealed.ts";
import { TOKEN_VARIABLE } from "../tokens/environment.ts";
import type { Machine } from "../wire.ts";

/**
 * The machine as it is. Permissions: `--allow-env --allow-read --allow-sys=uid,gid`.
 * @param run what runs kubectl and exec plugins, where that is noted
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
