/**
 * What the built program may do, compiled in or given by the launcher. Which clusters, files and
 * exec plugins there will be is not known here; what is left out is what it never does: imports from
 * other hosts, native libraries, and questions at the terminal.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net", // clusters, wherever they are
  "--allow-read", // kubeconfigs and what they name
  "--allow-write", // the log and the pid file
  "--allow-env", // settings, proxies, what kubectl gets
  "--allow-run", // kubectl, the exec plugins of kubeconfigs, itself
  // Who may own a kubeconfig, and the authorities that the machine trusts, where a kubeconfig names
  // none: Deno 2.9 asks for "ca" then, which cannot be given by its name.
  "--allow-sys",
  // In place of Deno's own list of hosts, which --deny-import of 2.9 leaves allowed: port 0 is none.
  "--allow-import=localhost:0",
  "--deny-ffi",
];

/** Flags for features that deno.json turns on, which a built program does not read. */
export function unstableFlags(features: readonly string[]): string[] {
  return features.map((feature) => `--unstable-${feature}`);
}
