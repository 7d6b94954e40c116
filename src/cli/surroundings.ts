import type { Surroundings } from "../wire.ts";

/** Variables that kubectl, and the exec plugins that it runs, may see: never ours. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|(KUBE|AWS_|GOOGLE_|AZURE_|CLOUDSDK_)\w*|(https?|no|all)_proxy)$/i;

/**
 * The machine as it is. Permissions: `--allow-env --allow-sys=uid,gid,cpus`.
 */
export function surroundings(): Surroundings {
  return {
    kubectlEnv: Object.fromEntries(
      Object.entries(Deno.env.toObject()).filter(([name]) => PASSED_ON.test(name)),
    ),
    cores: navigator.hardwareConcurrency,
    user: Deno.uid() ?? 0,
    group: Deno.gid() ?? 0,
  };
}
