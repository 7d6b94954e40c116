import type { RunProcess } from "../kube/process.ts";
import { seal } from "../log/sealed.ts";
import type { Surroundings } from "../wire.ts";

/** Variables that kubectl, and the exec plugins that it runs, may see: never ours. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|(KUBE|AWS_|GOOGLE_|AZURE_|CLOUDSDK_)\w*|(https?|no|all)_proxy)$/i;

/** A token of an admin. */
export const TOKEN_VARIABLE = "ARGOCD_CONFIGURER_TOKEN";

/** The token that commands send to a server; without it, they send the other one. */
export const SERVER_TOKEN_VARIABLE = "ARGOCD_CONFIGURER_SERVER_TOKEN";

/**
 * The machine as it is. Permissions: `--allow-env --allow-read --allow-sys=uid,gid`.
 * @param run what runs kubectl and exec plugins, where that is noted
 */
export function surroundings(run?: RunProcess): Surroundings {
  const env = kubectlEnv();
  const token = Deno.env.get(TOKEN_VARIABLE);
  return {
    ...(token ? { token: seal(token) } : {}),
    kubectlEnv: env,
    ...(run === undefined ? {} : { run }),
    get hasKubectl() {
      return hasOnPath("kubectl", env.PATH ?? "");
    },
    cores: navigator.hardwareConcurrency,
    user: Deno.uid() ?? 0,
    group: Deno.gid() ?? 0,
  };
}

/** What kubectl may see of the environment. Permissions: `--allow-env`. */
export function kubectlEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => PASSED_ON.test(name)),
  );
}

/** Looks for it, without running it: that would take as long as all the rest of the start. */
function hasOnPath(program: string, path: string): boolean {
  return path.split(":").some((folder) => {
    try {
      const { isFile, mode } = Deno.statSync(`${folder}/${program}`);
      return isFile && ((mode ?? 0) & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}
