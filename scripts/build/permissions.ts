/**
 * Permissions of the built program, compiled in or passed by the launcher. Clusters, files and exec plugins
 * are not known here. Left out are things that it never does: imports from other hosts, native libraries,
 * and permission prompts.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net", // clusters at any address
  "--allow-read", // kubeconfigs and files that they name
  "--allow-write", // the log and the pid file
  "--allow-env", // settings, proxies, the environment of kubectl
  "--allow-run", // kubectl, the exec plugins of kubeconfigs, itself
  // For owners of kubeconfigs, and for the system's certificate authorities, if a kubeconfig has none:
  // Deno 2.9 then needs "ca", which cannot be allowed by name.
  "--allow-sys",
  // Instead of Deno's default hosts, which --deny-import of 2.9 does not deny: port 0 does not exist.
  "--allow-import=localhost:0",
  "--deny-ffi",
];

/** Flags for unstable features in deno.json, which a built program does not read. */
export function unstableFlags(features: readonly string[]): string[] {
  return features.map((feature) => `--unstable-${feature}`);
}
